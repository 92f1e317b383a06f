"""What a test gives: seeds, seed documents, and listings that AWS printed."""
