"""Several mistakes in one notebook: how many seeds of many variants are graded in hours, not days.

Mistakes stand together if they touch different cells and lose different lines of the rubric: each
line is lost by one of them alone. Those that have nothing to do with the training stand in a
notebook that trains too little, which is one of the wrong variants itself. That a mistake alone
loses what it declares and nothing else is seen on seeds on which all stand alone.
"""

from dataclasses import dataclass

from reference_solutions.demo_class import student
from reference_solutions.filling import Cells, Variant, read_cells, variants

# The wrong variant of a notebook that only trains too little, in a fraction of the time.
HURRIED = {
    "captioning": "two_epochs",
    "cifar_cnn": "one_epoch",
    "face_autoencoder": "two_epochs",
    "face_gan": "no_training",
    "names_rnn": "interrupted",
}
# Of each of these at most one stands in a notebook, though their cells and lines differ.
APART = (
    # A curve that is typed in stands in the place of the one that the other left.
    {"history_typed_in", "no_nonlinearity"},
    {"history_typed_in", "all_of_the_base_is_frozen"},
    {"history_typed_in", "labels_shuffled_apart"},
    {"history_typed_in", "not_normalised"},
    {"history_typed_in", "random_weights"},
    # A model of other pictures than ours can be measured through its own `predict` only,
    {"blue_before_red", "dropout_left_on", "not_normalised", "prediction_of_plain_pixels",
     "prediction_shuffled", "squeezed"},
    # and if it has learnt little, not told from one that has learnt nothing.
    {"all_of_the_base_is_frozen", "blue_before_red"},
    {"no_training", "random_weights", "squeezed"},
    # What has learnt nothing is as good in any order.
    {"no_training", "prediction_shuffled", "random_weights"},
    # A base that learns as a whole learns to take any scale.
    {"not_normalised", "nothing_is_frozen", "thawed_before_training"},
    # What is thawed again in training is not frozen; who froze nothing has nothing to thaw.
    {"all_of_the_base_is_frozen", "nothing_is_frozen", "thawed_before_training"},
    # Whoever takes padding for letters or words learns that, and beside another mistake in what is
    # learnt, or for how long, little else.
    {"loss_over_padding", "interrupted", "learns_by_heart", "no_softmax", "not_shifted",
     "shifted_by_two", "softmax_twice", "state_ignored", "state_not_carried", "two_epochs"},
    # With inputs of another scale the named loss is that of the notebook's own, right `predict`.
    {"other_input_scale", "constant_prediction", "dropout_left_on", "normalisation_forgotten",
     "softmax_over_the_batch"},
    {"scaled_by_the_batch", "constant_prediction", "dropout_left_on", "normalisation_forgotten",
     "softmax_over_the_batch"},
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Bundle:
    """Mistakes that stand in one notebook.

    Args:
        members: at least one; the hurried one first, where it is there.
        cells: theirs, over those of the reference.
        loses: everything that one of them declares.
        may_lose: everything that one of them may lose besides.
    """

    members: tuple[Variant, ...]
    cells: Cells
    loses: frozenset[str]
    may_lose: frozenset[str] = frozenset()

    @property
    def student(self) -> str:
        """The name that it hands in under: of the second, who stands in no other bundle."""
        if len(self.members) == 1:
            return student(self.members[0])
        return f"together-{self.members[1].name}".replace("_", "-")

    def with_(self, variant: Variant) -> "Bundle | None":
        """With one more; None if it would touch a cell or lose a line of the others."""
        cells = read_cells(variant.path)
        names = {v.name for v in (*self.members, variant)}
        if any(len(group & names) > 1 for group in APART):
            return None
        if set(cells) & set(self.cells) or _touched(variant) & (self.loses | self.may_lose):
            return None
        members = (*self.members, variant)
        return Bundle(
            members,
            {**self.cells, **cells},
            self.loses | variant.loses,
            self.may_lose | variant.may_lose,
        )


def bundles(notebook: str) -> list[Bundle]:
    """Every wrong variant of a notebook, in as few notebooks as the first fit gives.

    The hurried one stands alone as well: what it loses by itself is known on every seed.
    """
    wrong = [v for v in variants(notebook) if v.kind == "wrong"]
    little = next((v for v in wrong if v.name == HURRIED.get(notebook)), None)
    hurried: list[Bundle] = []
    others: list[Bundle] = []
    base = _alone(little) if little else None
    for variant in wrong:
        if variant is little:
            continue
        if base is not None and (begun := base.with_(variant)) is not None:
            _put(variant, begun, hurried)
        else:
            _put(variant, _alone(variant), others)
    return [*([base] if base else []), *hurried, *others]


def _alone(variant: Variant) -> Bundle:
    return Bundle((variant,), read_cells(variant.path), variant.loses, variant.may_lose)


def _touched(variant: Variant) -> frozenset[str]:
    return variant.loses | variant.may_lose


def _put(variant: Variant, begun: Bundle, into: list[Bundle]) -> None:
    for place, bundle in enumerate(into):
        if (larger := bundle.with_(variant)) is not None:
            into[place] = larger
            return
    into.append(begun)
