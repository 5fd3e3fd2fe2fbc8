"""Places that may be removed without a test noticing it, each with its reason.

A name is what the tool prints. One that no longer names a place is reported.
"""

LOCKED = "The view has checked and locked this record already, so no one can change it before it is written."

KNOWN: dict[str, str] = {
    "accounts/views/user_sees.py user_sees: permission_required('accounts.change_user', raise_exception=True)": (
        "The view is for administrators only, who have every permission; everyone else gets the same 403 from it."
    ),
    "crm/records/views/edit.py save: type(record).objects.present().changeable_by(request.user)": LOCKED,
    "crm/records/views/inline.py done: type(record).objects.present().changeable_by(request.user)": LOCKED,
    "leads/views/change.py move: kind.model.objects.present().changeable_by(request.user)": LOCKED,
    "crm/records/views/of_kind.py changeable_record: kind.model.objects.changeable_by(user)": (
        "It only decides which row is locked. The check that follows refuses a record that the user can't change."
    ),
    "crm/api/v2/records.py held: present.changeable_by(user)": (
        "It only decides which row is locked. The checks that follow refuse a record that the user can't change."
    ),
    "crm/records/narrowing.py narrowed_to_page: rows.visible_to(listing.viewer)": (
        "The ids are those of a page of the user's list, which has only records that they see."
    ),
    "crm/records/views/of_kind.py own: rows.changeable_by(user) (2)": (
        "The line before refuses a record that the user can't change. Only one that leaves the scope between the two "
        "statements would differ."
    ),
}
