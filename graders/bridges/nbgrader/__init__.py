"""nbgrader: its gradebook, Formgrader's notebooks, and its own `autograde` in our sandbox."""
