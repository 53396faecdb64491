"""What the simulated AWS answers where moto lacks it or answers it wrongly, one file a service."""
