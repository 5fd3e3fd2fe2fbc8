"""The words and signs that mean yes or no in files, in many languages."""

from crm.platform.text.text_folding import fold_text

# Folded. TRUE and FALSE as spreadsheet programs write them in each language (Microsoft's translations of the function
# names TRUE and FALSE), yes and no as people do.
YES = {
    "1", "x", "✓", "✔", "☑", "✅", "on", "t", "y", "yes", "true",
    "da", "adevarat", "ja", "wahr", "oui", "vrai", "si", "vero", "verdadero", "verdader", "sim", "verdadeiro", "waar",
    "tak", "prawda", "igen", "igaz", "ano", "pravda", "evet", "dogru", "kylla", "tosi", "sant", "sand", "sann",
    "istina", "tocno", "res", "taip", "jah", "да", "истина", "так", "правда", "ναι", "αληθησ", "αληθης",
}  # fmt: skip
NO = {
    "0", "-", "✗", "✘", "☐", "□", "off", "f", "n", "no", "false",
    "nu", "fals", "nein", "falsch", "non", "faux", "falso", "nao", "nee", "onwaar", "nie", "falsz", "nem", "hamis", "ne",
    "nepravda", "hayir", "yanlis", "ei", "epatosi", "nej", "falskt", "falsk", "nei", "usann", "neistina", "netocno",
    "нет", "ложь", "ні", "хиба", "не", "неистина", "οχι", "ψευδησ", "ψευδης",
}  # fmt: skip


def parse_yes_or_no(text: str) -> bool | None:
    """What a text says; None if it is neither."""
    word = fold_text(text.strip())
    return True if word in YES else False if word in NO else None
