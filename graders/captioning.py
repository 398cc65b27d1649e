"""captioning: words to numbers, a decoder and its training, captions for pictures.

Functions are called with texts and numbers that no student has seen. The trained decoder leaves
the notebook as a file; in a sandbox without student code it is asked which word follows the first
ones of a caption: what follows is in no question, so a decoder that would look ahead finds
padding. `generate_caption` writes for held-out pictures, and BLEU-4 compares with five people.
What earns nothing is computed: who knows the last word alone, captions of the most similar
training picture, one caption for all.
"""

from graders.checks import (
    batching,
    by_chance,
    calibrated,
    captioned,
    check,
    claim,
    compare,
    decoders,
    earned_if,
    measure,
    observe,
    predictions,
    vocabulary,
)
from graders.checks.captioned import HELD_OUT, SHOWN
from graders.checks.judging import Bar
from graders.core.rubric import Ask, Calibrated, Grader, Observation
from graders.core.saying import said
from graders.core.types import Answers, Array, Cases, Finding, Limits, Refusal, Truths
from graders.sentences.captioning import SENTENCES

PARAMETERS = 12_000_000

# --- what is measured ----------------------------------------------------------------------------


def accuracy_by_last_word(words_cases: Cases, words_truth: Truths, captions_truth: Truths) -> float:
    """How often somebody is right who knows the last word and no picture."""
    return captioned.by_last_word(words_cases, words_truth, captions_truth[SHOWN]).accuracy


def words_asked(words_truth: Truths) -> int:
    return captioned.questions(words_truth)


@measure(
    "next_word_accuracy", unit="share of words", baseline=accuracy_by_last_word, size=words_asked
)
def next_word_accuracy(words: Answers, known: Answers, words_truth: Truths) -> float | Refusal:
    """How often the decoder's likeliest word follows."""
    found = captioned.next_words(words, known, words_truth)
    return found if isinstance(found, Refusal) else found.accuracy


def loss_by_last_word(words_cases: Cases, words_truth: Truths, captions_truth: Truths) -> float:
    """Mean -log p of the same."""
    return captioned.by_last_word(words_cases, words_truth, captions_truth[SHOWN]).loss[0]


@measure("next_word_loss", higher=False, unit="nats per word", baseline=loss_by_last_word)
def next_word_loss(words: Answers, known: Answers, words_truth: Truths) -> float | Refusal:
    """Mean -log p of the words that follow."""
    found = captioned.next_words(words, known, words_truth)
    return found if isinstance(found, Refusal) else found.loss[0]


@measure("caption_curve", higher=False, unit="cross-entropy (nats per word)",
         baseline=loss_by_last_word)  # fmt: skip
def caption_curve(validation_curve: Answers) -> Array | Refusal:
    """The validation loss that the run names, epoch by epoch."""
    return predictions.curve(validation_curve)


def bleu_of_retrieved(captions_truth: Truths) -> float:
    """BLEU-4 of captions that are copied from the most similar training picture."""
    truth = captions_truth[HELD_OUT]
    people = captioned.references(truth)
    return float(captioned.bleu(captioned.baseline(truth, "retrieved"), people).score)


@measure("caption_bleu", unit="BLEU-4", baseline=bleu_of_retrieved)
def caption_bleu(captions: Answers, captions_truth: Truths) -> float | Refusal:
    """BLEU-4 of captions for held-out pictures."""
    found = captioned.written(captions, captions_truth)
    if isinstance(found, Refusal):
        return found
    return float(captioned.bleu(found, captioned.references(captions_truth[HELD_OUT])).score)


def gain_of_one(captions_truth: Truths) -> float:
    """What the most frequent caption, written for all pictures, owes to being at its own."""
    truth = captions_truth[HELD_OUT]
    return captioned.gain(captioned.baseline(truth, "most_frequent"), captioned.references(truth))


@measure("image_gain", unit="BLEU-4", baseline=gain_of_one)
def image_gain(captions: Answers, captions_truth: Truths) -> float | Refusal:
    """By how much BLEU-4 falls when each caption is put at another picture."""
    found = captioned.written(captions, captions_truth)
    if isinstance(found, Refusal):
        return found
    return captioned.gain(found, captioned.references(captions_truth[HELD_OUT]))


# --- functions -----------------------------------------------------------------------------------


@check("check_encode", points=1, asks="`encode` prepares raw pictures and gives their features.")
def features_of_pictures(
    encode: Answers, encode_key: Answers, encode_changed: tuple[str, ...]
) -> Finding:
    """Beside the reference's own: float16 weights and other batches move them a little."""
    return compare.values(encode, encode_key, encode_changed, rtol=captioned.ROUNDED_FEATURES)


@check(
    "check_decoder",
    points=2,
    asks="`make_decoder` gives logits that hang on the image and all earlier words, on none later.",
)
def new_decoder(made: Answers) -> Finding:
    return compare.judged([decoders.problem(facts, PARAMETERS) for facts in made])


@check(
    "check_masked_loss", points=2, asks="`masked_loss` is the mean over words, padding left out."
)
def loss(masked_loss: Answers, masked_loss_cases: Cases) -> Finding:
    pairs = zip(masked_loss, masked_loss_cases, strict=True)
    return compare.judged([decoders.loss_problem(a, c) for a, c in pairs])


@check(
    "check_train_step",
    points=3,
    asks="`train_step` has the decoder say the next word, and moves it down the slope of the loss.",
)
def step(
    train_step: Answers,
    train_step_key: Answers,
    train_step_cases: Cases,
    train_rule_if_any: Answers,
    train_rule_key: Answers,
) -> Finding:
    """As it is, or with a made-up loss: what is wrong with the student's is charged there."""
    return decoders.better_step(
        train_step_cases, (train_step, train_step_key), (train_rule_if_any, train_rule_key)
    )


# --- what the run left ---------------------------------------------------------------------------


@check(
    "check_losses",
    points=2,
    claim=True,
    asks="Your validation loss is a training's, and is the one that we find with your decoder.",
)
def named_losses(
    validation_curve: Answers,
    words_if_any: Answers,
    known_if_any: Answers,
    own_loss_if_any: Answers,
    words_truth: Truths,
    caption_curve_bar: Calibrated,
) -> Finding:
    return captioned.claimed_losses(
        validation_curve,
        words_if_any,
        known_if_any,
        own_loss_if_any,
        words_truth,
        caption_curve_bar,
    )


@check("check_next_words", points=2, asks="Your trained decoder knows which word follows.")
def following(
    words: Answers,
    known: Answers,
    words_truth: Truths,
    next_word_accuracy_bar: Calibrated,
    next_word_loss_bar: Calibrated,
) -> Finding:
    """Half for the likeliest word, half for the probability of the right one."""
    found = captioned.next_words(words, known, words_truth)
    if isinstance(found, Refusal):
        return earned_if(False, said("titled", title=said("next-words"), why=found.why))
    asked = captioned.questions(words_truth)
    first = calibrated.judged(
        found.accuracy, asked, next_word_accuracy_bar, next_word_accuracy, "next-word"
    )
    second = calibrated.judged(
        found.loss[0], 0, next_word_loss_bar, next_word_loss, "loss-per-word"
    )
    return Finding(
        (first.credit + second.credit) / 2,
        (*first.all_said, *second.all_said),
        {**first.measured, "loss": found.loss[0], "loss, full": next_word_loss_bar.full},
        (*first.figures, *second.figures),
        first.near or second.near,
    )


@check(
    "check_captions",
    points=3,
    asks="Your captions for pictures that you do not have say what people say.",
)
def written(captions: Answers, captions_truth: Truths, caption_bleu_bar: Calibrated) -> Finding:
    found = captioned.written(captions, captions_truth)
    if isinstance(found, Refusal):
        return earned_if(False, said("titled", title=said("captions"), why=found.why))
    truth = captions_truth[HELD_OUT]
    score = captioned.bleu(found, captioned.references(truth))
    finding = calibrated.judged(score.score, 0, caption_bleu_bar, caption_bleu, "captions")
    figures = (
        captioned.table(found, truth),
        *captioned.described(captioned.written(captions, captions_truth, SHOWN),
                             captions_truth[SHOWN]),
    )  # fmt: skip
    finding = captioned.with_interval(finding, score, caption_bleu_bar)
    return predictions.adding(
        finding, figures, captioned.interval(score), *captioned.opinions(found, truth)
    )


@check("check_image", points=2, asks="Your captions are about their own picture.")
def about_the_picture(
    captions: Answers, captions_truth: Truths, image_gain_bar: Calibrated
) -> Finding:
    found = captioned.written(captions, captions_truth)
    if isinstance(found, Refusal):
        return earned_if(False, said("titled", title=said("captions"), why=found.why))
    people = captioned.references(captions_truth[HELD_OUT])
    value = captioned.gain(found, people)
    own, left = (f(found, people).score for f in (captioned.bleu, captioned.shuffled))
    bar = Bar(image_gain_bar)
    facts = {"lost": value, "own": own, "left": left, "full": image_gain_bar.full}
    return Finding(
        bar.credit(value),
        said("lost-at-other-pictures", **facts, higher=bar.higher),
        {"image_gain": value, "full": image_gain_bar.full},
        near=bar.near(value),
    )


@check(
    "check_temperature",
    points=2,
    asks="Without a temperature captions are always the same; with one, chance has its say.",
)
def drawn_words(
    sampled_if_any: Answers,
    cooled_if_any: Answers,
    cooled_cases: Cases,
    words_if_any: Answers,
    known_if_any: Answers,
) -> Finding:
    no_choice = by_chance.leaves_no_choice(words_if_any, known_if_any)
    by_ours = by_chance.cooled(cooled_if_any, cooled_cases)
    return by_chance.finding(sampled_if_any, by_ours, no_choice=no_choice)


# --- the rubric ----------------------------------------------------------------------------------

GRADER = Grader(
    assignment="captioning",
    notebook="captioning",
    version=5,  # raise it whenever a judgement changes
    limits=Limits(
        cell_s=480, wall_s=840, ask_s=240, cpu_s=1500, memory_mib=3072, file_mib=64, processes=512
    ),
    full_limits=Limits(
        cell_s=3600, wall_s=5400, ask_s=1200, cpu_s=12000, memory_mib=6144, file_mib=128,
        output_mib=192, processes=512,
    ),
    evidence=(
        claim.variable("validation_curve"),
        # The decoder and its words leave before any unseen picture or text is shown.
        Ask("known", "calls", ("decoder", "generate_vocabulary"), via=decoders.ASK_KNOWN),
        Ask("decoder_file", "calls", ("decoder",), via=decoders.EXPORT_TRAINED),
        Ask("own_loss", "calls", ("masked_loss",), via=decoders.OWN_LOSS),
        Ask("made_file", "calls", ("make_decoder",), "sizes", via=decoders.EXPORT_MADE),
        observe.calls("split_sentence", cases="sentences", via=vocabulary.SPLIT),
        *(
            observe.calls(
                f"{name}_{kind}", function=function, cases=cases, via=ask(made_up=kind == "rule")
            )
            for name, function, cases, ask in (
                ("vocabulary", "generate_vocabulary", "people", vocabulary.ask_vocabulary),
                ("indices", "caption_tokens_to_indices", "indices", vocabulary.ask_indices),
            )
            for kind in ("own", "rule")
        ),
        observe.calls("matrix", function="batch_captions_to_matrix", via=batching.MATRIX),
        observe.calls("masked_loss", via=decoders.LOSS),
        *(
            observe.calls(
                name, function="generate_batch", cases="batches",
                via=batching.ask_batches(made_up=name == "batches_rule"),
            )
            for name in ("batches", "batches_rule")
        ),
        observe.calls("train_step", cases="steps", via=decoders.ask_step(made_up=False)),
        observe.calls(
            "train_rule", function="train_step", cases="steps",
            via=decoders.ask_step(made_up=True),
        ),
        observe.calls("encode", cases="photographs"),
        observe.calls(
            "captions", function="generate_caption", cases="images", via=captioned.CAPTIONS
        ),
        observe.calls(
            "sampled", function="generate_caption", cases="images", via=by_chance.SAMPLED
        ),
        observe.calls("cooled", function="generate_caption", via=by_chance.COOLED),
        Ask("made_in_kernel", "calls", ("make_decoder",), "sizes", via=decoders.ASK_MADE,
            unless="made_file"),
        # The first words of what people wrote come last: nothing is asked after them.
        Ask("words_in_kernel", "calls", ("decoder",), "words", via=decoders.ASK_WORDS,
            unless="decoder_file"),
    ),
    observations=(
        Observation("made", decoders.LOOK_AT_MADE, "made_file", "sizes", "made_in_kernel"),
        Observation("words", decoders.OBSERVE_WORDS, "decoder_file", "words", "words_in_kernel"),
    ),
    measures=(next_word_accuracy, next_word_loss, caption_curve, caption_bleu, image_gain),
    checks=(
        vocabulary.words_of_sentences(
            "check_split_sentence",
            points=1,
            evidence="split_sentence",
            asks="`split_sentence` finds the words of a sentence, in lower case.",
        ),
        vocabulary.vocabulary(
            "check_vocabulary",
            points=2,
            evidence=("vocabulary_own", "vocabulary_rule"),
            asks="`generate_vocabulary` holds the frequent words and four marks.",
        ),
        vocabulary.indices(
            "check_indices",
            points=2,
            evidence=("indices_own", "indices_rule"),
            asks="`caption_tokens_to_indices` puts captions between START and END.",
        ),
        batching.matrix(
            "check_matrix",
            points=2,
            evidence="matrix",
            asks="`batch_captions_to_matrix` fills up and cuts rows at their end.",
        ),
        features_of_pictures,
        new_decoder,
        loss,
        batching.random_batches(
            "check_batch",
            points=2,
            evidence=("batches", "batches_rule"),
            asks="`generate_batch` draws different pictures, each with one of its own captions.",
        ),
        step,
        named_losses,
        following,
        written,
        about_the_picture,
        drawn_words,
    ),
    by_hand=("captions_in_words",),
    sentences=SENTENCES,
    packages=("tensorflow", "keras"),
)  # fmt: skip
