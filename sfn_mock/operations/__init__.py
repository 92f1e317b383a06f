"""What AWS answers: one module per subject."""
