"""Whether a discriminator has learnt what faces are: face_gan's rating of real and other pictures.

Real faces are unseen ones. The others are the own generator's pictures, noise, pictures drawn from
a normal distribution with mean and covariance of the faces' pixels, and double exposures of two
faces. A network that never learnt rates any of them above or below faces by luck, but the normally
distributed ones, which share most with faces, hardly. (Pixels or patches of several faces mixed
are not asked for: on photographs, good discriminators take them for real, since nothing that a
generator draws is as rough.)
"""

from graders.checks import adversarial, generated
from graders.core.saying import Said, said
from graders.core.types import Answers, Array, Finding, Refusal

_JUDGE = f'''
{adversarial.LOGITS}

def judged(generator, discriminator, images):
    """Logits [5, m] of: real, generated, noise, normally distributed, two faces in one."""
    real = images[:MOST].astype("float32") / 255 - 0.5
    m = len(real)
    rng = np.random.default_rng([m, 7])
    codes = rng.normal(size=(m, generator.input_shape[-1])).astype("float32")
    own = np.asarray(generator.predict(codes, batch_size=250, verbose=0), "float32")
    noise = rng.uniform(-0.5, 0.5, real.shape)
    flat = real.reshape(m, -1)
    away = rng.normal(size=(m, m)) @ (flat - flat.mean(axis=0)) / np.sqrt(m)
    normal = (flat.mean(axis=0) + away).reshape(real.shape)
    doubled = (real + np.roll(real, m // 2, axis=0)) / 2
    kinds = np.clip(np.stack([real, own, noise, normal, doubled]), -0.5, 0.5)
    found = np.empty(kinds.shape[:2])
    # What counts is a picture, not when it is shown. Whole batches: some look at those, too.
    for place in rng.permutation(2 * len(kinds)):
        kind, half = place // 2, slice(place % 2, None, 2)
        found[kind, half] = logits(discriminator, kinds[kind, half])
    return found
'''

ASK_PAIR, OBSERVE_PAIR = adversarial.ask_pair(_JUDGE), adversarial.observe_pair(_JUDGE)

_OTHERS = {
    "own": said("pictures-of-your-generator"),
    "noise": said("noise"),
    "normal": said("normally-distributed-pixels"),
    "doubled": said("double-exposures"),
}
# What fresh networks do not reach by luck. Of 60 fresh pairs at the mini tier the best rated faces
# above normally distributed pixels in 0.56 of the pairs of pictures; a trained one in 0.9 and more,
# on photographs as well. Of what a fresh generator draws it may be right by luck: 0.943 in 1 of 20.
LUCK, LUCK_WITH_OWN = 0.6, 0.95


def tells_apart(answers: Answers) -> Finding:
    """Half of the credit for the own generator's pictures, half for the spoilt ones.

    Nothing if those that share most with faces do not get clearly less than they do: what a network
    gives that never learnt must not be paid for luck.
    """
    found = _logits(answers)
    if isinstance(found, Refusal):
        return Finding(0.0, said("discriminator-amiss", why=found.why))
    above = {kind: generated.above_chance(found, kind) for kind in _OTHERS}
    spoilt = [ok for kind, (ok, _) in above.items() if kind != "own"]
    credit = (above["own"][0] + sum(spoilt) / len(spoilt)) / 2
    rates = [(_OTHERS[kind], e.value, e.low, e.high) for kind, (_, e) in above.items()]
    told: tuple[Said, ...] = (said("faces-above-others", rates=rates),)
    if not _knows_faces(found):
        credit = 0.0
        told += (said("no-more-than-luck", normal=above["normal"][1].low, luck=LUCK),)
    return Finding(credit, told, {f"auc {kind}": e.value for kind, (_, e) in above.items()})


def nothing_learnt(answers: Answers) -> Said | None:
    """Said if faces get no more than other pictures do by luck; None if nobody can know."""
    found = _logits(answers)
    if isinstance(found, Refusal) or _knows_faces(found):
        return None
    normal, own = (generated.above_chance(found, kind)[1].low for kind in ("normal", "own"))
    if own > LUCK_WITH_OWN:
        return None
    luck = {"luck": LUCK, "luck_with_own": LUCK_WITH_OWN}
    return said("discriminator-untrained", normal=normal, own=own, **luck)


def _logits(answers: Answers) -> dict[str, Array] | Refusal:
    """By kind of picture [m] each, or why there are none."""
    found = generated.scores(answers)
    if isinstance(found, Refusal):
        return found
    return dict(zip(("real", *_OTHERS), found.values(), strict=True))


def _knows_faces(found: dict[str, Array]) -> bool:
    """Whether faces get clearly more than what shares most with them."""
    return generated.above_chance(found, "normal")[1].low > LUCK
