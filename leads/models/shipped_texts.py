"""The English texts of the shipped statuses and stages. They pass through gettext until an administrator changes them."""

from django.utils.translation import gettext, gettext_noop

# By status key.
SHIPPED_LABELS = {
    "new": gettext_noop("New"),
    "contacted": gettext_noop("Contacted"),
    "qualified": gettext_noop("Qualified"),
    "proposal": gettext_noop("Proposal"),
    "won": gettext_noop("Won"),
    "lost": gettext_noop("Lost"),
    "disqualified": gettext_noop("Disqualified"),
    "qualification": gettext_noop("Qualification"),
    "deal_proposal": gettext_noop("Proposal"),
    "negotiation": gettext_noop("Negotiation"),
    "deal_won": gettext_noop("Won"),
    "deal_lost": gettext_noop("Lost"),
}
SHIPPED_MEANINGS = {
    "new": gettext_noop("We haven’t contacted them yet."),
    "contacted": gettext_noop("We’ve contacted them at least once."),
    "qualified": gettext_noop("They have a need, a budget and a decision-maker."),
    "proposal": gettext_noop("They’ve received our proposal."),
    "won": gettext_noop("They’ve become a customer."),
    "lost": gettext_noop("They’ve decided not to buy from us."),
    "disqualified": gettext_noop("They were never a potential customer."),
    "qualification": gettext_noop("We’re finding out what they need and what they can spend."),
    "deal_proposal": gettext_noop("They’ve received our offer."),
    "negotiation": gettext_noop("We’re agreeing on price and terms."),
    "deal_won": gettext_noop("They’ve accepted our offer."),
    "deal_lost": gettext_noop("They’ve decided against our offer."),
}
SHIPPED_PROMPTS = {
    "new": gettext_noop("First call"),
    "contacted": gettext_noop("Find out who makes the decision"),
    "qualified": gettext_noop("Send the price list"),
    "proposal": gettext_noop("Follow up on the proposal"),
}
SENTENCES = {*SHIPPED_MEANINGS.values(), *SHIPPED_PROMPTS.values()}


def translate_shipped_text(text: str) -> str:
    """A meaning or a suggested action: a shipped one in the reader's language, any other as it was written."""
    return gettext(text) if text in SENTENCES else text
