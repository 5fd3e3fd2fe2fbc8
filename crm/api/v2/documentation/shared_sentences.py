"""Sentences of the documentation about records that exist already, and about merged ones."""

DUPLICATES = (
    "An administrator can choose what happens to leads, contacts and companies that already exist, among those that the user "
    "of the token sees. If they are rejected, the answer is 409 with the code duplicate and, for tokens that may read, the id "
    "of the existing record in duplicate_of. If they update the existing record, the answer is 200 instead of 201 with its id; "
    "owner, department, status and source stay as they are, nothing is emptied, and tags are added."
)
MERGED = (
    "For the id of a merged record, the answer is the record that it was merged into, whose id is in the body and whose "
    "address is in the header Content-Location."
)
