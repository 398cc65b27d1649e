"""The search for leaks finds a secret in every spelling, and nothing in an ordinary page."""

import base64
import json
from typing import Any

import numpy as np
import pytest

from tests.canaries import search

PLANTED = 73195.2648

SPELLINGS = {
    "repr": repr,
    "three digits": lambda v: f"{v:.3g}",
    "four digits": lambda v: f"{v:.4g}",
    "six decimals": lambda v: f"{v:.6f}",
    "one decimal": lambda v: f"{v:.1f}",
    "rounded": lambda v: str(round(v)),
    "scientific": lambda v: f"{v:.9e}",
    "numpy": lambda v: repr(np.array([v, 1.0])),
    "float32": lambda v: str(np.float32(v)),
    "JSON": lambda v: json.dumps({"x": [v]}),
    "name": lambda v: f"x_{v:.6f}".replace(".", "_"),
    "escaped": lambda v: f"&#39;{v!r}&#39;",
    "base64 of text": lambda v: base64.b64encode(f"x = {v!r}".encode()).decode(),
    "base64 of bytes": lambda v: base64.b64encode(b"abc" + np.float64(v).tobytes()).decode(),
    "data URI": lambda v: "data:text/plain;base64," + base64.b64encode(repr(v).encode()).decode(),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_page_with_a_number_in_it_would_be_caught(spelling: str) -> None:
    secret = search([], [PLANTED], {})
    page = "<p>Points: 32 of 35. 73.2 s, 7.3 MiB.</p>{}<p>400 of 732 rows</p>"
    assert not secret.within(page.format("").encode())
    assert secret.within(page.format(SPELLINGS[spelling](PLANTED)).encode())


@pytest.mark.parametrize("spelt", [str, repr, json.dumps, lambda t: base64.b64encode(t.encode())])
def test_a_page_with_a_word_in_it_would_be_caught(spelt: Any) -> None:
    word = "/srv/course/graded"
    page = b"<pre>" + f"{spelt('in ' + word + ' it is')}".encode() + b"</pre>"
    assert search([], [], {"the folder": word}).within(page) == {"the folder"}
