"""Settings × seeds as independent runs, in several processes or on a Ray cluster."""
