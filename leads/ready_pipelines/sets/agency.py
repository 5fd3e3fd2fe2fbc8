"""Agencies for marketing, design, software or advice: a brief, a pitch, and a project or a monthly retainer."""

from django.utils.translation import gettext_lazy as _

from leads.ready_pipelines.ready_pipeline import (
    Kind,
    ReadyPipeline,
    ReadyReason,
    ReadySource,
    ReadyStatus,
    SourceKind,
    Text,
)

STATUSES = (
    ReadyStatus(
        Text("New", "Nou"), Kind.NEW, 250, "new", most_days=2,
        meaning=Text("No one has answered them yet.", "Nu le-a răspuns nimeni încă."),
        prompt=Text("Answer and propose a first call", "Răspunde și propune un prim apel"),
    ),
    ReadyStatus(
        Text("In conversation", "În discuții"), Kind.CONTACTED, 200, "contacted", most_days=10,
        meaning=Text("We’re talking about what they need.", "Discutăm despre ce au nevoie."),
        prompt=Text("Ask for the brief and the budget", "Cere brieful și bugetul"),
    ),
    ReadyStatus(
        Text("Brief received", "Brief primit"), Kind.QUALIFIED, 160, "qualified", most_days=7,
        required=("company", "email", "description"),
        meaning=Text("Goal, scope, deadline and budget are known.", "Știm obiectivul, ce e de făcut, termenul și bugetul."),
        prompt=Text("Decide whether we pitch", "Decide dacă facem o propunere"),
    ),
    ReadyStatus(
        Text("Proposal sent", "Propunere trimisă"), Kind.PROPOSAL, 300, "proposal", most_days=14, required=("company", "value"),
        meaning=Text("They have our concept and our price.", "Au conceptul și prețul nostru."),
        prompt=Text("Go through the proposal together", "Parcurgeți propunerea împreună"),
    ),
    ReadyStatus(
        Text("Client", "Client"), Kind.WON, 140, "won", required=("company",),
        meaning=Text("They’ve said yes.", "Au spus da."),
    ),
    ReadyStatus(
        Text("Lost", "Pierdut"), Kind.LOST, 20, "lost",
        meaning=Text("They’ve chosen someone else, or nothing.", "Au ales pe altcineva sau au renunțat."),
    ),
    ReadyStatus(
        Text("Not a fit", "Nu ni se potrivește"), Kind.DISQUALIFIED, 60, "disqualified",
        meaning=Text("Not our kind of work, or a budget too small for us.", "Nu e genul nostru de proiect sau bugetul e prea mic."),
    ),
)  # fmt: skip
STAGES = (
    ReadyStatus(
        Text("Scoping", "Estimare"), Kind.QUALIFIED, 250, "qualification", probability=20,
        meaning=Text("We’re estimating the work.", "Estimăm volumul de lucru."),
    ),
    ReadyStatus(
        Text("Pitch", "Pitch"), Kind.PROPOSAL, 320, probability=40, required=("value",),
        meaning=Text("We’re presenting our concept.", "Prezentăm conceptul."),
    ),
    ReadyStatus(
        Text("Proposal sent", "Propunere trimisă"), Kind.PROPOSAL, 300, "deal_proposal", probability=60, required=("value",),
        meaning=Text("They have our price in writing.", "Au prețul nostru în scris."),
    ),
    ReadyStatus(
        Text("Contract negotiation", "Negociere contract"), Kind.PROPOSAL, 200, "negotiation", probability=80,
        required=("value", "expected_close"),
        meaning=Text("We’re agreeing on scope, rights and payment.", "Stabilim livrabilele, drepturile și plata."),
    ),
    ReadyStatus(
        Text("Signed", "Semnat"), Kind.WON, 140, "deal_won", probability=100, required=("value",),
        meaning=Text("Project or retainer is signed.", "Proiectul sau abonamentul lunar este semnat."),
    ),
    ReadyStatus(
        Text("Lost", "Pierdut"), Kind.LOST, 20, "deal_lost", probability=0,
        meaning=Text("They’ve decided against us.", "Nu ne-au ales."),
    ),
)  # fmt: skip
SOURCES = (
    ReadySource(
        Text("Recommended by a client", "Recomandat de un client"), SourceKind.REFERRAL, 150, "referral"
    ),
    ReadySource(
        Text("Portfolio on the website", "Portofoliul de pe site"), SourceKind.WEBSITE, 200, "website"
    ),
    ReadySource(Text("LinkedIn", "LinkedIn"), SourceKind.OTHER, 240),
    ReadySource(Text("Instagram", "Instagram"), SourceKind.OTHER, 320),
    ReadySource(Text("Pitch invitation", "Invitație la pitch"), SourceKind.OTHER, 20),
    ReadySource(Text("Paid ads", "Reclame plătite"), SourceKind.PAID_ADS, 330, "paid_ads"),
    ReadySource(Text("Partner agency", "Agenție parteneră"), SourceKind.PARTNER, 100, "partner"),
    ReadySource(Text("Conference", "Conferință"), SourceKind.EVENT, 40, "event"),
    ReadySource(Text("Other", "Altele"), SourceKind.OTHER, 280, "other"),
)
REASONS = (
    ReadyReason(Text("Chose another agency", "A ales altă agenție"), "competitor"),
    ReadyReason(Text("Does it in-house", "Face proiectul intern")),
    ReadyReason(Text("Budget too small", "Buget prea mic"), "budget"),
    ReadyReason(Text("Project stopped", "Proiect oprit"), "timing"),
    ReadyReason(Text("No feedback on the proposal", "Fără feedback la propunere"), "no_answer"),
    ReadyReason(Text("We had no capacity", "Nu am avut capacitate")),
    ReadyReason(Text("Not our kind of work", "Nu e genul nostru de proiect"), "no_fit"),
    ReadyReason(Text("Duplicate", "Duplicat"), "duplicate"),
)

AGENCY = ReadyPipeline(
    "agency",
    _("Agency"),
    _("You sell projects or retainers: a brief, a proposal or a pitch, then the contract."),
    STATUSES,
    STAGES,
    SOURCES,
    REASONS,
)
