"""Terms of an ontology in OBO format (owlcollab.github.io/oboformat): what Uberon says of the FMA's concepts."""

import re
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Term:
    """fma      numbers as the FMA writes them ("FMA7197")
    synonyms   of scope EXACT, without the name
    parents    identifiers of what it is, and is part of
    """

    identifier: str
    name: str
    fma: tuple[str, ...]
    synonyms: tuple[str, ...]
    definition: str
    parents: tuple[str, ...]


def read_terms(file: Path) -> list[Term]:
    """Terms of a file that are not obsolete and have a name. Bytes that are not UTF-8 become U+FFFD, and names with
    one are left out.
    """
    blocks = file.read_text(encoding="utf-8", errors="replace").split("\n[")[1:]
    terms = [_term(block) for block in blocks if block.startswith("Term]") and "\nis_obsolete: true" not in block]
    return [term for term in terms if term.name]


def _term(block: str) -> Term:
    name = next(iter(_values(block, "name")), "").lower()
    exact = re.findall(r'^synonym: "((?:[^"\\]|\\.)*)" EXACT', block, re.M)
    definition = re.search(r'^def: "((?:[^"\\]|\\.)*)"', block, re.M)
    synonyms = dict.fromkeys(synonym.lower().replace("\\", "") for synonym in exact if "\ufffd" not in synonym)
    return Term(
        identifier=_values(block, "id")[0],
        name=name,
        fma=tuple(f"FMA{number}" for number in re.findall(r"^xref: FMA:(\d+)", block, re.M)),
        synonyms=tuple(synonym for synonym in synonyms if synonym != name),
        definition=re.sub(r"\[[^\]]*\]", "", definition.group(1)).replace("\\", "") if definition else "",
        parents=tuple(re.findall(r"^(?:is_a:|relationship: part_of) (\S+)", block, re.M)),
    )


def _values(block: str, key: str) -> list[str]:
    return re.findall(rf"^{key}: (.*)$", block, re.M)
