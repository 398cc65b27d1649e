"""Fixed views behind the golden pages: every outcome, every kind of output, no clock, no luck."""

import base64
import math
import struct
import zlib
from collections.abc import Mapping
from typing import Any

from reports.cells import cell_views
from reports.drawables import Curve
from reports.views import (
    CheckStat,
    CheckView,
    ClassRow,
    ClassView,
    Mark,
    NoteView,
    Reached,
    RunView,
    Since,
    Spread,
    StudentView,
)
from reports.wording import CHANGES

STEPS = 60


def png(width: int = 96, height: int = 40, extra: bytes = b"") -> bytes:
    """A picture of one stripe pattern; `extra` are chunks put before the pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    row = b"\0" + bytes(200 if x // 8 % 2 else 90 for x in range(width))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(row * height, 9))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + pixels + chunk(b"IEND", b"")


def text_chunk(text: bytes) -> bytes:
    """A PNG text chunk, as cameras and plotting libraries write them."""
    data = b"Comment\0" + text
    return (
        struct.pack(">I", len(data))
        + b"tEXt"
        + data
        + struct.pack(">I", zlib.crc32(b"tEXt" + data))
    )


def cell(
    grade_id: str, source: str, *outputs: Mapping[str, object], **marks: object
) -> dict[str, object]:
    """A code cell as an executed notebook holds it."""
    meta = {"grade_id": grade_id, "solution": True, "grade": False, "locked": False} | marks
    return {
        "cell_type": "code",
        "metadata": {"nbgrader": meta},
        "source": source.splitlines(keepends=True),
        "outputs": list(outputs),
    }


LOSS = '''def compute_loss(X, y, w):
    """Mean cross-entropy of the model with weights `w`."""
    p = probability(X, w)
    # log(0) is what the check on confident mistakes is about
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))
'''
SGD = """np.random.seed(42)
w = np.array([0, 0, 0, 0, 0, 1.0])
for i in range(n_iter):
    ind = np.random.choice(X_expanded.shape[0], batch_size)
    sgd_loss[i] = compute_loss(X_expanded, y, w)
    w -= eta * compute_grad(X_expanded[ind, :], y[ind], w)
plot_boundary(w, sgd_loss)
"""
MOMENTUM = """nu = np.zeros_like(w)
for i in range(n_iter):
    nu = alpha * nu + eta * gradient(X_expanded[ind], y[ind], w)
    w -= nu
"""

NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {},
    "cells": [
        cell(
            "compute_loss",
            LOSS,
            {
                "output_type": "stream",
                "name": "stderr",
                "text": "/home/run/job/17.py:5: \x1b[31mRuntimeWarning\x1b[0m: divide by zero"
                " in log\n",
            },
        ),
        cell(
            "sgd",
            SGD,
            {
                "output_type": "stream",
                "name": "stdout",
                "text": ["loss after 100 steps: ", "0.304\n"],
            },
            {
                "output_type": "display_data",
                "data": {
                    "image/png": base64.b64encode(png()).decode(),
                    "text/plain": "<Figure size 640x480>",
                    "text/html": "<b>never shown</b>",
                },
            },
        ),
        cell(
            "momentum",
            MOMENTUM,
            {
                "output_type": "error",
                "ename": "NameError",
                "evalue": "name 'gradient' is not defined",
                "traceback": [
                    "\x1b[31mNameError\x1b[39m     Traceback (most recent call last)",
                    "Cell \x1b[32mIn[12]\x1b[39m, line 3\n      1 nu = np.zeros_like(w)\n"
                    "      2 for i in range(n_iter):\n----> 3     nu = alpha * nu + eta * "
                    "gradient(X_expanded[ind], y[ind], w)\n      4     w -= nu\n",
                    "\x1b[31mNameError\x1b[39m: name 'gradient' is not defined",
                ],
            },
        ),
        {
            "cell_type": "markdown",
            "metadata": {
                "nbgrader": {"grade_id": "momentum_in_words", "solution": True, "grade": True}
            },
            "source": "Momentum remembers the **last** gradients,\nso noise cancels out.",
        },
    ],
}

_REFERENCE = [0.3 + 0.4 * math.exp(-i / 12) for i in range(STEPS)]
_MINE = [v + 0.05 * math.sin(1.7 * i) * math.exp(-i / 30) for i, v in enumerate(_REFERENCE)]

CHECKS = (
    CheckView(
        "check_expand",
        "Quadratic features",
        "expand(X) gives six columns: both features, their squares, their product, and 1.",
        "judged",
        2.0,
        2.0,
        "All 6 columns are right on inputs that you have not seen.",
        answer="expand",
    ),
    CheckView(
        "check_compute_loss",
        "Cross-entropy",
        "compute_loss(X, y, w) is the mean cross-entropy.",
        "judged",
        1.5,
        2.0,
        "Right on 3 of 4 inputs; the other result is larger by the number of rows.",
        (("largest relative error", "0.0021"), ("inputs tried", "4")),
        answer="compute_loss",
    ),
    CheckView(
        "check_stable_loss",
        "Loss of confident mistakes",
        "The loss stays finite, and right, when the model is confidently wrong.",
        "judged",
        0.0,
        1.0,
        "Your loss is infinite where the model is confidently wrong.",
        answer="compute_loss",
    ),
    CheckView(
        "check_sgd",
        "Stochastic gradient descent",
        "The cell takes 100 steps of mini-batch SGD.",
        "judged",
        3.0,
        3.0,
        "Every step is right.",
        answer="sgd",
    ),
    CheckView(
        "check_momentum",
        "Momentum",
        "The cell takes 100 steps of SGD with momentum.",
        "unanswered",
        0.0,
        3.0,
        "Your cell raised NameError: name 'gradient' is not defined.",
        answer="momentum",
    ),
    CheckView(
        "check_histories",
        "Loss histories",
        "The run leaves the three loss histories.",
        "judged",
        1.0,
        1.0,
        "Two of three histories agree with the reference.",
        claim=True,
    ),
    CheckView(
        "momentum_in_words",
        "Momentum in words",
        "Two or three sentences on what momentum does.",
        "by hand",
        None,
        3.0,
        answer="momentum_in_words",
    ),
)

STUDENT = StudentView(
    course="Introduction to Deep Learning",
    assignment="linear_models",
    notebook="Linear models",
    student="Ada Lovelace",
    graded_at="2026-03-02T09:41:07+01:00",
    checks=CHECKS,
    run=RunView("Every cell was tried, from top to bottom; one raised an error.", 3.42, 187.0),
    notes=(
        NoteView("A cell that may not be changed was changed; the original was put back."),
        NoteView("The notebook asked for a kernel that we do not have; it ran with Python 3."),
    ),
    curves=(
        Curve(
            "SGD",
            tuple(_MINE),
            tuple(_REFERENCE),
            tuple(v * 0.9 for v in _REFERENCE),
            tuple(v * 1.12 for v in _REFERENCE),
            note="The shaded range holds 95% of correct runs.",
        ),
        Curve("Momentum", (0.7, 0.9, 4.0, 31.0, 250.0, math.inf, math.nan), tuple(_REFERENCE)),
        Curve("RMSprop", (), tuple(_REFERENCE)),
    ),
    cells=cell_views(NOTEBOOK),
    version="linear_models grader 1",
    fingerprint="local:9f2c41",
)

HELD_STUDENT = StudentView(
    course=STUDENT.course,
    assignment=STUDENT.assignment,
    notebook=STUDENT.notebook,
    student="Grace Hopper",
    graded_at=STUDENT.graded_at,
    checks=(
        CHECKS[0],
        CheckView(
            "check_sgd",
            "Stochastic gradient descent",
            "The cell takes 100 steps of mini-batch SGD.",
            "held",
            None,
            3.0,
            "Held for staff: our check failed, not your work.",
        ),
        CHECKS[-1],
    ),
    run=RunView("Every cell was tried, from top to bottom.", 2.9, 180.0),
)


def _mark(most: float, row: int, column: int) -> Mark:
    tenths = (row * 7 + column * 3) % 11
    return Mark("judged", most * tenths / 10 if (row + column) % 4 else most, most)


def class_view(size: int = 12) -> ClassView:
    """A class with every state, the same one each time."""
    stats = tuple(
        CheckStat(
            c.id,
            c.title,
            c.max_points,
            (0.9, 0.7, 0.3, 0.82, 0.6, 1.0)[i],
            full=8,
            partial=2,
            none=1,
            held=int(i == 3),
            discrimination=(0.52, 0.08, -0.11, 0.4, 0.33, None)[i],
            unsaid="all alike" if i == 5 else "",
            changed=int(i == 1),
        )
        for i, c in enumerate(CHECKS[:-1])
    )
    rows = []
    for k in range(size):
        marks = tuple(_mark(c.max_points, k, i) for i, c in enumerate(CHECKS[:-1]))
        whole = math.fsum(c.max_points for c in CHECKS[:-1])
        points: float | None = math.fsum(m.points or 0.0 for m in marks)
        state, remark, given = "graded", "", marks
        changed: dict[str, Any] = {}
        if k % 12 == 2:
            changed = {"change": "up", "was_points": max(0.0, (points or 0.0) - 1.5)}
        if k % 12 == 3:
            changed = {"change": "new"}
        if k % 12 == 11:
            state, remark = "ambiguous", "Its run was killed from outside twice."
            changed = {"change": "state", "was_state": "held"}
        if k % 12 == 5:
            state, points, remark = "held", None, "check_sgd: our check raised ZeroDivisionError."
            given = (*marks[:3], Mark("held", None, marks[3].max_points), *marks[4:])
        if k % 12 == 8:
            state, points, remark = "refused", 0.0, "The file is no notebook: it begins like a PNG."
            given = tuple(Mark("unanswered", 0.0, m.max_points) for m in marks)
        rows.append(
            ClassRow(
                f"student-{k:04d}",
                f"student-{k:04d}/report.html",
                state,
                points,
                whole,
                given,
                None if state == "refused" else 2.0 + k % 7 / 3,
                None if state == "refused" else 170.0 + k % 9,
                remark,
                attention=state != "graded",
                waits=state in ("held", "ambiguous"),
                **changed,
            )
        )
    states = ("held", "ambiguous", "refused", "graded")
    counts = [(s, sum(r.state == s for r in rows)) for s in states]
    kinds = [r.change or "same" for r in rows]
    return ClassView(
        course=STUDENT.course,
        title=STUDENT.notebook,
        graded_at=STUDENT.graded_at,
        rows=tuple(rows),
        checks=stats,
        counts=tuple((s, n) for s, n in counts if n),
        totals=(("median of 12", "8.5"),),
        elapsed_s=41.0,
        facts=(("command", "dlgrade grade --jobs 2"), ("version", "0.1.0")),
        scores=(("Median points", "8.5 of 12"), ("Mean", "8.2"), ("All points", "3 (27%)")),
        spreads=(
            Spread(
                "Wall time of a run", "seconds", 11, 2.9, 3.9, 4.0, 32.1, 0,
                (1.5, 2.0, 3.0, 5.0), (0, 6, 5),
            ),
            Spread(
                "Peak memory of a run", "mib", 11, 174.0, 177.0, 178.0, None, 0,
                (150.0, 200.0), (11,),
            ),
        ),
        compared=40,
        fewest=30,
        since=Since(
            "2026-03-01T18:00:00+01:00",
            tuple((k, kinds.count(k)) for k in CHANGES if k in kinds),
            gone=("student-9999",),
        ),
        reached=(
            Reached(
                "Accuracy", "share of images", 11, 8, 0.941, 0.918, True,
                (-math.inf, 0.868, 0.893, 0.918, 0.943, 0.968), (1, 0, 2, 3, 5), 3,
            ),
        ),
    )  # fmt: skip
