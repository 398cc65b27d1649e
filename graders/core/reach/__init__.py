"""What a function really rests on, as a digest that no move and no new name changes.

`reached(*roots)` follows references from live objects: from a function to the globals that its
source names (through modules of ours), to closures, defaults, wrapped functions and constants, to
the classes of instances. Each definition of ours gets a number in the order of the first visit,
and the number stands in the place of every reference to it. Neither the module, nor the place in
it, nor the name of a definition is in the digest.

Not followed: what is found by a name made at run time (`getattr`), and methods of an object whose
class nothing names. Whatever is not ours counts by its qualified name; its version is in the image.
"""

from graders.core.reach.walk import Reach, digest, reached

__all__ = ["Reach", "digest", "reached"]
