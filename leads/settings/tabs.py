"""The Settings pages about leads, and what can be added there."""

from django.utils.translation import gettext_lazy as _

from accounts.settings_pages import LEADS, SettingsPage, ShownOn

TABS = [
    SettingsPage(
        _("Statuses"),
        "leads:statuses",
        "leads.view_status",
        purpose=_(
            "A status says how far a lead has come, which fields it requires, how long a lead can stay, and what to do next. The "
            "statuses of deals are called stages and have a probability."
        ),
        other_names=_(
            "stages, deal stages, pipeline stages, lead status, states, phases, steps, required fields"
        ),
        shown_on=LEADS,
    ),
    SettingsPage(
        _("Sources"),
        "leads:sources",
        "leads.view_source",
        purpose=_(
            "A source shows where a lead came from. Its monthly cost shows whether the channel pays off."
        ),
        other_names=_("channels, origins, lead sources, campaigns, costs, marketing budget"),
        shown_on=ShownOn(_("Report of sources"), "reports:report", "reports.view_report", ("sources",)),
    ),
    SettingsPage(
        _("Tags"),
        "leads:tags",
        "crm.view_tag",
        purpose=_(
            "A tag is a free-text label for leads. A retired tag stays on its leads but can’t be added to others."
        ),
        other_names=_("labels, keywords, segments, hashtags"),
        shown_on=LEADS,
    ),
    SettingsPage(
        _("Lost reasons"),
        "leads:lost_reasons",
        "leads.view_lostreason",
        purpose=_(
            "When you move a lead to a lost or disqualified status, you choose one of these reasons. They appear in this order."
        ),
        other_names=_("loss reasons, closed lost, disqualified, rejection, why lost"),
        shown_on=ShownOn(_("Report of lost leads"), "reports:report", "reports.view_report", ("lost",)),
    ),
    SettingsPage(
        _("Fields"),
        "leads:fields",
        "crm.view_customfield",
        purpose=_(
            "Fields decide what you can store about a lead, and in which order forms and pages show it. Add your own, or change "
            "built-in ones."
        ),
        other_names=_("custom fields, properties, attributes, columns, form fields, formulas"),
        shown_on=LEADS,
    ),
    SettingsPage(
        _("Exchange rates"),
        "leads:rates",
        "leads.change_rate",
        purpose=_(
            "Each lead’s value is converted at the rate of the day the lead was added. Totals, sorting and reports use the converted "
            "value."
        ),
        other_names=_("currencies, currency conversion, foreign exchange, FX"),
        shown_on=ShownOn(_("Reports"), "reports:reports", "reports.view_report"),
    ),
    SettingsPage(
        _("Pipelines"),
        "leads:pipelines",
        "leads.view_pipeline",
        purpose=_(
            "A pipeline is an ordered set of statuses for leads, or of stages for deals. Most teams need only one of each, and then "
            "pipelines appear only in Settings."
        ),
        other_names=_("sales process, funnels, stages, deal pipelines"),
        shown_on=LEADS,
    ),
    SettingsPage(
        _("Ready-made pipelines"),
        "leads:ready_pipelines",
        "leads.change_pipeline",
        purpose=_(
            "Start from what companies like yours use, then change what you like. A preview says what will be added, renamed or "
            "retired. What your records use stays, and you can undo the whole change."
        ),
        other_names=_("pipeline templates, presets, industry templates, sample pipelines, starter set"),
        shown_on=ShownOn(_("Statuses"), "leads:statuses", "leads.view_status"),
    ),
]
RULE_TABS = [
    SettingsPage(
        _("Assignment rules"),
        "assignment:rules",
        "leads.view_assignmentrule",
        purpose=_(
            "New leads without an owner go through these rules from top to bottom. The first rule that fits assigns the lead."
        ),
        other_names=_(
            "routing, round robin, lead distribution, automatic assignment, territories, automation"
        ),
        shown_on=LEADS,
    ),
    SettingsPage(
        _("Scores"),
        "scores:rules",
        "leads.view_scorerule",
        purpose=_(
            "The score of a lead is the sum of the points that these rules give. The page of the lead shows each rule with its points."
        ),
        other_names=_("lead scoring, points, rating, grading, hot leads, qualification, prioritization"),
        shown_on=LEADS,
    ),
    SettingsPage(
        _("Queue"),
        "leads:queue_rules",
        "leads.change_queuerules",
        purpose=_(
            "These rules decide in which order the queue offers leads, and which outcomes users choose from."
        ),
        other_names=_("call list, call outcomes, priorities, scoring, weights, next lead"),
        shown_on=ShownOn(_("Queue"), "leads:queue", "leads.change_lead"),
    ),
]
ADD_PAGES = [
    SettingsPage(_("New status"), "leads:status_new", "leads.add_status"),
    SettingsPage(_("New source"), "leads:source_new", "leads.add_source"),
    SettingsPage(_("New tag"), "leads:tag_new", "crm.add_tag"),
    SettingsPage(_("New lost reason"), "leads:lost_reason_new", "leads.add_lostreason"),
    SettingsPage(_("New pipeline"), "leads:pipeline_new", "leads.add_pipeline"),
    SettingsPage(_("New score rule"), "leads:score_conditions", "leads.add_scorerule"),
    SettingsPage(_("New assignment rule"), "leads:rule_conditions", "leads.add_assignmentrule"),
]
