"""The cards: named questions, answered by short chains of SQL relations."""
