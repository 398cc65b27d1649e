"""What other systems read: nbgrader's gradebook, JUnit, CSV."""
