"""What the warehouse tells of itself: SYSTEM$ functions and INFORMATION_SCHEMA."""
