"""What people are paid."""
