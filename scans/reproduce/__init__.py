"""The paper recomputed: its figures, tables and statements, as a report."""
