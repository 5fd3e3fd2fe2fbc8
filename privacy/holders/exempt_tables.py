"""The tables that have nothing about the people in leads, contacts and requests, each with the reason."""

USERS = "about users, who aren't erased here"
SETTINGS = "settings that administrators write for everyone"
NUMBERS = "only numbers, times and ids"

NOTHING: dict[str, str] = {
    "crm.KeptPeriods": SETTINGS,
    "crm.MergedRecord": NUMBERS,
    "crm.Installation": NUMBERS,
    "crm.HourlyStep": NUMBERS,
    "crm.AuditWaiting": NUMBERS,
    "crm.AuditStream": "the state of the receiver",
    "crm.BuiltInField": SETTINGS,
    "crm.Verdict": NUMBERS,
    "crm.SavedViewUse": NUMBERS,
    "crm.ListSettings": "columns of lists",
    "crm.StartPage": "sections of a page",
    "crm.SavedForm": USERS,
    "crm.Token": USERS,
    "crm.TokenUse": USERS,
    "assistants.AssistantLimits": USERS,
    "assistants.AssistantConnection": USERS,
    "assistants.AssistantProgram": "what a program says about itself, and for a day the address that it registered from",
    "assistants.AssistantUse": NUMBERS,
    "assistants.ChangePreview": "what an assistant asked for in the last hour, and then it is deleted",
    "crm.Webhook": USERS,
    **dict.fromkeys(
        (
            *("accounts.AccountChange", "accounts.CalendarFeed", "accounts.Membership", "accounts.HeldRole"),
            *(
                "accounts.Inspection",
                "accounts.AuthenticatorApp",
                "accounts.RecoveryCode",
                "accounts.Passkey",
            ),
            *("accounts.Provisioning", "accounts.Provisioned", "accounts.ProvisionedGroup", "accounts.User"),
            *("accounts.PushDevice", "accounts.PushMessage", "accounts.Session", "accounts.Identity"),
            *(
                "accounts.SpentNonce",
                "accounts.SignOnPolicy_keepers",
                "accounts.TaskReminder",
                "accounts.Absence",
            ),
        ),
        USERS,
    ),
    **dict.fromkeys(
        (
            *("accounts.Department", "accounts.Role", "accounts.IdentityProvider", "accounts.ClaimRule"),
            *("accounts.SignOnPolicy", "accounts.WorkingHours", "accounts.Holiday"),
            *(
                "crm.CompanyLogo",
                "crm.CompanySettings",
                "crm.SetupProgress",
                "leads.Rate",
                "leads.Pipeline",
                "leads.LostReason",
                "leads.Source",
                "leads.Status",
                "leads.QueueRules",
            ),
            *(
                "customers.ConversionRules",
                "duplicates.DuplicateRules",
                "intake.IncomingWebhook",
            ),
            *(
                "mailboxes.OAuthClient",
                "mailboxes.Mailbox",
                "mailboxes.MailboxFolder",
                "mailings.MailingAccount",
            ),
            *("mailings.Sender", "mailings.SigningKey"),
            *("reports.BiAccess", "reports.Goal", "customers.ConsentPurpose", "customers.ConsentText"),
            *("privacy.RetentionRule", "privacy.ProcessingTexts"),
        ),
        SETTINGS,
    ),
    **dict.fromkeys(
        (
            *("leads.AssignmentTurn", "leads.AssignmentRun", "leads.RuleAssignment", "leads.ContactReminder"),
            *("leads.ContactLimitChange", "leads.SourceCost", "leads.QueueHold", "leads.QueueStep"),
            *("leads.StatusMove", "duplicates.Scan", "intake.FormView"),
            "automations.AutomationClock",
            *("automations.AutomationState", "automations.AutomationTrial"),
            *("automations.MailingResponse", "automations.WakingOperation"),
            *("intake.IncomingUse", "mailboxes.MessageEntry", "reports.ChangedLead", "reports.ReportEmail"),
            *("duplicates.MergePlan", "duplicates.MovedRow"),
            *("privacy.Erasure", "privacy.RetentionNotice", "privacy.RetentionRun"),
        ),
        NUMBERS,
    ),
    "leads.ScoreProposal": "conditions that at least thirty leads meet",
    "customers.CompanySearch": "words of companies, which triggers write again",
    "customers.DealSearch": "words of deals, which triggers write again",
    "reports.LeadProgress": "derived from leads without a word of theirs but the country",
    "reports.CurrentProgress": "a view on what is derived from leads",
}
