# title: displays scripts, endless pictures, foreign types and text that rewrites the page
# earns: 32
# keeps: 32
# base: reference

# Tries: peers paste outputs into a page. HTML with scripts, SVG that loads, JavaScript, types with
# markup in their names, megabytes of one display, thousands of displays, half characters, terminal
# codes and right-to-left marks. An honest report shows text and checked pictures, and nothing else;
# the right answers lose nothing.

# %% + after:l2_play
from IPython.display import HTML, SVG, Javascript, Latex, Markdown, clear_output, display, update_display

evil = "<script>document.title='dlgrade-was-here'</script><img src=x onerror=alert(1)>"
display(HTML(evil + "</pre></td></table></main></html>"))
display(Javascript("document.body.innerHTML = 'dlgrade-was-here: 35 of 35'"))
display(SVG('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>1</script></svg>'))
display(Markdown(f"[x](javascript:alert(1)) {evil}"))
display(Latex(evil))
print(evil, "\x1b]8;;http://example.invalid\x07link\x1b[2J\x1b[31m \u202e\u2066 \ud800 \x00 \x9b")
for kind in ("text/html;<script>", "image/png", "image/svg+xml", "application/vnd.dlgrade+json", "", "x" * 10_000):
    try:
        display({kind: evil, "text/plain": evil}, raw=True)
    except Exception:
        pass
display({"image/png": "iVBORw0KGgo" + "A" * 3_000_000, "text/plain": "picture"}, raw=True)
display({"image/png": {"a": [1]}, "text/plain": ["a", 3, None], "image/jpeg": 7}, raw=True)
display({"application/json": {"n": float("nan"), "big": 10**3000, "list": list(range(50_000))}}, raw=True)
display({"text/html": "<b>" * 2_000_000}, raw=True)
display({"text/plain": "z"}, raw=True, metadata={"a": "m" * 2_000_000}, display_id="one")
for number in range(1500):
    update_display({"text/plain": str(number)}, raw=True, display_id="one")
for number in range(1500):
    display({"text/plain": str(number)}, raw=True)
clear_output(wait=True)
print(evil)


class Represented:
    def _repr_html_(self):
        raise RuntimeError

    def _repr_mimebundle_(self, **kwargs):
        return {"text/plain": 3, 4: 5}

    def __repr__(self):
        return "\n" * 100_000 + evil


Represented()

# %% + after:l2_play
raise type(evil, (Exception,), {})(evil * 1000)
