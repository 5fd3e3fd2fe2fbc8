"""Companies that sell to companies: several people decide, and weeks pass between the first call and the contract."""

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
        meaning=Text("We haven’t contacted them yet.", "Încă nu i-am contactat."),
        prompt=Text("First call", "Primul apel"),
    ),
    ReadyStatus(
        Text("Contacted", "Contactat"), Kind.CONTACTED, 200, "contacted", most_days=10,
        meaning=Text("We’ve talked to someone at the company.", "Am vorbit cu cineva din firmă."),
        prompt=Text("Find out who decides and book a meeting", "Află cine decide și stabilește o întâlnire"),
    ),
    ReadyStatus(
        Text("Meeting booked", "Întâlnire stabilită"), Kind.CONTACTED, 180, most_days=14, required=("next_action_on",),
        meaning=Text("A call or a visit has a date.", "Apelul sau vizita are o dată."),
        prompt=Text("Prepare the questions about their needs", "Pregătește întrebările despre nevoile lor"),
    ),
    ReadyStatus(
        Text("Qualified", "Calificat"), Kind.QUALIFIED, 160, "qualified", most_days=14, required=("company", "email"),
        meaning=Text("They have a need, a budget and someone who decides.", "Au nevoie, buget și un decident."),
        prompt=Text("Send the proposal", "Trimite oferta"),
    ),
    ReadyStatus(
        Text("Proposal sent", "Ofertă trimisă"), Kind.PROPOSAL, 300, "proposal", most_days=21, required=("company", "value"),
        meaning=Text("They’ve received our proposal.", "Au primit oferta noastră."),
        prompt=Text("Follow up on the proposal", "Revino cu un telefon la ofertă"),
    ),
    ReadyStatus(
        Text("Won", "Câștigat"), Kind.WON, 140, "won", required=("company",),
        meaning=Text("They’ve become a customer.", "Au devenit client."),
    ),
    ReadyStatus(
        Text("Lost", "Pierdut"), Kind.LOST, 20, "lost",
        meaning=Text("They’ve decided not to buy from us.", "Au decis să nu cumpere de la noi."),
    ),
    ReadyStatus(
        Text("Disqualified", "Neeligibil"), Kind.DISQUALIFIED, 60, "disqualified",
        meaning=Text("They were never a potential customer.", "Nu puteau deveni client."),
    ),
)  # fmt: skip
STAGES = (
    ReadyStatus(
        Text("Discovery", "Analiza nevoilor"), Kind.QUALIFIED, 250, "qualification", probability=10,
        meaning=Text("We’re finding out what they need and what they can spend.", "Aflăm ce le trebuie și ce buget au."),
    ),
    ReadyStatus(
        Text("Solution presented", "Soluție prezentată"), Kind.QUALIFIED, 220, probability=30,
        meaning=Text("They’ve seen a demo or a presentation.", "Au văzut un demo sau o prezentare."),
    ),
    ReadyStatus(
        Text("Proposal sent", "Ofertă trimisă"), Kind.PROPOSAL, 300, "deal_proposal", probability=50, required=("value",),
        meaning=Text("They’ve received our offer.", "Au primit oferta noastră."),
    ),
    ReadyStatus(
        Text("Negotiation", "Negociere"), Kind.PROPOSAL, 200, "negotiation", probability=70,
        required=("value", "expected_close"),
        meaning=Text("We’re agreeing on price and terms.", "Negociem prețul și condițiile."),
    ),
    ReadyStatus(
        Text("Contract sent", "Contract la semnat"), Kind.PROPOSAL, 170, probability=90, required=("value", "expected_close"),
        meaning=Text("Only the signature is missing.", "Mai lipsește doar semnătura."),
    ),
    ReadyStatus(
        Text("Won", "Câștigat"), Kind.WON, 140, "deal_won", probability=100, required=("value",),
        meaning=Text("The contract is signed.", "Contractul este semnat."),
    ),
    ReadyStatus(
        Text("Lost", "Pierdut"), Kind.LOST, 20, "deal_lost", probability=0,
        meaning=Text("They’ve decided against our offer.", "Au refuzat oferta noastră."),
    ),
)  # fmt: skip
SOURCES = (
    ReadySource(Text("Website", "Website"), SourceKind.WEBSITE, 200, "website"),
    ReadySource(Text("Referral", "Recomandare"), SourceKind.REFERRAL, 150, "referral"),
    ReadySource(Text("LinkedIn", "LinkedIn"), SourceKind.OTHER, 240),
    ReadySource(Text("Cold outreach", "Prospectare la rece"), SourceKind.COLD_CALL, 260, "cold_call"),
    ReadySource(Text("Paid ads", "Reclame plătite"), SourceKind.PAID_ADS, 330, "paid_ads"),
    ReadySource(Text("Trade fair", "Târg sau expoziție"), SourceKind.EVENT, 40, "event"),
    ReadySource(Text("Partner", "Partener"), SourceKind.PARTNER, 100, "partner"),
    ReadySource(Text("Other", "Altele"), SourceKind.OTHER, 280, "other"),
)
REASONS = (
    ReadyReason(Text("Chose a competitor", "A ales un concurent"), "competitor"),
    ReadyReason(Text("No budget", "Fără buget"), "budget"),
    ReadyReason(Text("Project postponed", "Proiect amânat"), "timing"),
    ReadyReason(Text("Stayed with the current supplier", "A rămas la furnizorul actual")),
    ReadyReason(Text("No decision", "Nu s-a luat o decizie")),
    ReadyReason(Text("No answer", "Niciun răspuns"), "no_answer"),
    ReadyReason(Text("Not a good fit", "Nu se potrivește"), "no_fit"),
    ReadyReason(Text("Duplicate", "Duplicat"), "duplicate"),
)

B2B_SALES = ReadyPipeline(
    "b2b-sales",
    _("B2B sales"),
    _("You sell to companies. Several people decide, and a meeting comes before the proposal."),
    STATUSES,
    STAGES,
    SOURCES,
    REASONS,
)
