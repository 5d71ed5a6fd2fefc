"""The rules (升级规则), a module for each family, in the order of the document; each is declared once."""
from app.escalation.rules import hazards, ledgers, letters, mechanism, occasions, tasks
from app.escalation.rules.rule import Parameters, Rule, Rung

RULES: tuple[Rule, ...] = (
    *ledgers.RULES, *occasions.RULES, *hazards.RULES, *tasks.RULES, *letters.RULES, *mechanism.RULES,
)
BY_NAME = {rule.name: rule for rule in RULES}

__all__ = ["BY_NAME", "RULES", "Parameters", "Rule", "Rung"]
