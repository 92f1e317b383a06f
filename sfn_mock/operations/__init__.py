"""What AWS answers: `pipeline` takes every call, and each subject has a module."""
