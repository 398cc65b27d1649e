"""Which of the student's cells stands for which cell of the assignment.

By grade_id first, never by index: 224 of 381 real notebooks were begun from another revision. What
is still open is matched by what cells say (locked ones) and by the names they bind (answers).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from graders.core.intake.assignment import Assignment, Part, even
from graders.core.intake.code import Code
from graders.core.intake.reading import Cell

LEAST_OVERLAP = 0.5  # Jaccard index of the names that two script cells bind


@dataclass
class Matching:
    """Who stands for whom. Indices are the student's.

    Args:
        cells: the student's cells.
        assignment: the assignment's.
        holders: grade_id → the cell that has its place.
        shared: grade_id → a cell that answers it, but has another's place already.
        dropped: untouched copies and stubs whose answer stands elsewhere.
        duplicated: grade_ids that several cells claim.
        elsewhere: grade_ids answered outside of their own cell.
        claimed: how many grade_ids of the assignment the student's marks named.
    """

    cells: Sequence[Cell]
    assignment: Assignment
    holders: dict[str, int] = field(default_factory=dict)
    shared: dict[str, int] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    duplicated: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    claimed: int = 0

    @property
    def by_marks(self) -> bool:
        """Whether the student's marks survived: half of the assignment's ids are there."""
        return 2 * self.claimed >= len(self.assignment.parts)

    @property
    def taken(self) -> Mapping[int, str]:
        """Cell → the grade_id whose place it has."""
        return {index: grade_id for grade_id, index in self.holders.items()}

    @cached_property
    def words(self) -> Sequence[str]:
        """The cells' sources as they are compared."""
        return [even(cell.source) for cell in self.cells]

    def index_of(self, grade_id: str) -> int | None:
        """The cell that answers a part, in its own place or in another's."""
        return self.shared.get(grade_id, self.holders.get(grade_id))

    def answered(self, part: Part) -> bool:
        """Whether a part of the student's own holds more than its stub."""
        index = self.index_of(part.grade_id)
        if index is None:
            return False
        return part.holds_answer(self.cells[index].source, self.cells[index].code)


def match(cells: Sequence[Cell], assignment: Assignment) -> Matching:
    """Match the student's cells with the assignment's, as far as that goes."""
    found = Matching(cells, assignment)
    _by_grade_id(found)
    _by_words(found)
    _functions(found)
    _scripts(found)
    _written(found)
    return found


def _by_grade_id(found: Matching) -> None:
    claims: dict[str, list[int]] = defaultdict(list)
    for index, cell in enumerate(found.cells):
        part = found.assignment.by_id.get(cell.grade_id)
        if part is not None:
            claims[cell.grade_id].append(index)
            if cell.cell_type != part.cell_type:  # one wrong key in Jupyter makes code prose
                cell.code = Code(cell.source if part.cell_type == "code" else "")
    found.claimed = len(claims)
    for grade_id, claimants in claims.items():
        part = found.assignment.by_id[grade_id]
        if part.owned:
            worked_on = [i for i in claimants if _holds_answer(part, found.cells[i])]
            winner = (worked_on or claimants)[-1]
        else:
            originals = [i for i in claimants if found.words[i] == part.words]
            worked_on = [i for i in claimants if i not in originals]
            winner = (originals or claimants)[0]
        found.holders[grade_id] = winner
        if len(claimants) > 1:
            found.duplicated.append(grade_id)
            # A copy that says nothing of its own would only overwrite what does.
            found.dropped.update(i for i in claimants if i != winner and i not in worked_on)


def _by_words(found: Matching) -> None:
    """Locked cells and untouched stubs whose marks are gone but whose words are not."""
    free: dict[str, list[int]] = defaultdict(list)
    for index in _extras(found):
        free[found.words[index]].append(index)
    for part in found.assignment.parts:
        same = free.get(part.words, [])
        if same and part.grade_id not in found.holders:
            found.holders[part.grade_id] = same.pop(0)
        if part.owned and part.cell_type == "code":
            found.dropped.update(same)  # a stub run late would undo an answer


def _functions(found: Matching) -> None:
    """Answers whose functions are defined in another cell than their own, the last one first."""
    by_id = found.assignment.by_id
    originals = {
        index
        for grade_id, index in found.holders.items()
        if not by_id[grade_id].owned and found.words[index] == by_id[grade_id].words
    }
    for part in found.assignment.owned:
        if not part.wanted:
            continue
        own = found.holders.get(part.grade_id)
        if own is not None and part.wanted <= found.cells[own].code.names:
            continue
        best: tuple[int, bool, int] | None = None
        for index, cell in enumerate(found.cells):
            if index in found.dropped or cell.cell_type != "code" or index in originals:
                continue
            rank = (
                len(part.wanted & cell.code.names),
                cell.code.tree is not None,
                index,
            )
            if rank[0] and (best is None or rank > best):
                best = rank
        least = len(part.wanted & found.cells[own].code.names) if own is not None else 0
        if best and best[0] > least:
            _move(found, part, best[2])


def _scripts(found: Matching) -> None:
    """Script answers, by the names that they bind; each of the student's cells serves once."""
    open_parts = [
        (order, part)
        for order, part in enumerate(found.assignment.owned)
        if part.cell_type == "code"
        and not part.wanted
        and part.code.loops
        and not found.answered(part)
    ]
    stubs = {part.code.essence for part in found.assignment.owned}
    extras = [
        index
        for index in _extras(found)
        if found.cells[index].code.loops and found.cells[index].code.essence not in stubs
    ]
    pairs: list[tuple[float, float, int, Part]] = []
    for order, part in open_parts:
        for rank, index in enumerate(extras):
            mine, theirs = part.code.names, found.cells[index].code.names
            overlap = len(mine & theirs) / max(1, len(mine | theirs))
            if overlap >= LEAST_OVERLAP:
                # On equal overlap the order decides: how far along both notebooks they stand.
                off = abs(order / len(found.assignment.owned) - rank / len(extras))
                pairs.append((-overlap, off, index, part))
    used: set[int] = set()
    placed: set[str] = set()
    for _, _, index, part in sorted(pairs, key=lambda pair: pair[:3]):
        if index not in used and part.grade_id not in placed:
            used.add(index)
            placed.add(part.grade_id)
            _move(found, part, index)


def _written(found: Matching) -> None:
    """Written answers without marks: the text after the heading that the question stands under."""
    texts = [i for i, cell in enumerate(found.cells) if cell.cell_type == "markdown"]
    for part in found.assignment.owned:
        if part.cell_type != "markdown" or part.grade_id in found.holders or not part.heading:
            continue
        under = False
        for index in texts:
            if under and index not in found.taken:
                found.holders[part.grade_id] = index
                break
            lines = found.words[index].splitlines()
            under = any(x.lstrip("# ").rstrip("# ") == part.heading for x in lines if x[:1] == "#")


def _extras(found: Matching) -> list[int]:
    taken = found.taken
    return [i for i in range(len(found.cells)) if i not in taken and i not in found.dropped]


def _move(found: Matching, part: Part, index: int) -> None:
    """Let `index` answer `part`; its own cell goes, or stays as an ordinary one if worked on."""
    own = found.holders.pop(part.grade_id, None)
    if own is not None and not _holds_answer(part, found.cells[own]):
        found.dropped.add(own)
    holder = found.taken.get(index)
    if holder is None:
        found.holders[part.grade_id] = index
    else:
        found.shared[part.grade_id] = index
    found.elsewhere.append(part.grade_id)


def _holds_answer(part: Part, cell: Cell) -> bool:
    return part.holds_answer(cell.source, cell.code)
