"""What AWS answers: one room for each subject of the Step Functions API."""
