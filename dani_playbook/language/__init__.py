"""Floor 1: playbook files become the desired state. Files are steps; ``load`` is the sentence."""
