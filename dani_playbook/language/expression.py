"""Expression: the small part of Jinja2 that a playbook may use.

Jinja2 parses; what it parsed is checked against the lists below and then worked out here, node by node. Nothing is
compiled, so nothing but what is listed can ever run. Neither attributes of objects nor methods can be reached: a dot
looks a name up in a mapping.
"""

from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import nodes

from dani_playbook.core.names import did_you_mean
from dani_playbook.language.filters import FILTERS, TESTS, Bounds
from dani_playbook.language.rows import Row

_NEAR_AMONG = 500
"""Among more names none is looked for that is near: that is asked in every row."""


class ExpressionError(Exception):
    """What is wrong with a template; ``code`` as in ``Problem``."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class Nothing:
    """What stands for a name that isn't there (``error`` set) or a cell that is empty."""

    __slots__ = ("error", "name")

    def __init__(self, name: str, error: ExpressionError | None = None) -> None:
        self.name = name
        self.error = error

    def __bool__(self) -> bool:
        return False


Scope = Mapping[str, Any]


def evaluate(node: nodes.Node, scope: Scope, bounds: Bounds) -> Any:
    """The value of a checked node. Raises ``ExpressionError``; gives ``Nothing`` only for an empty cell."""
    return used(_evaluate(node, scope, bounds))


def used(value: Any) -> Any:
    """``value`` if it may be used; raises where it stands for a name that isn't there."""
    if isinstance(value, Nothing) and value.error:
        raise value.error
    return value


def check(node: nodes.Node) -> None:
    """Raises ``ExpressionError`` where something is not on the list, in whatever branch."""
    if type(node) not in _EVALUATORS:
        raise ExpressionError("template-not-allowed", _refusal(node), "use names, filters and comparisons only")
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        known = ", ".join(sorted(FILTERS))
        near = did_you_mean(node.name, FILTERS)
        raise ExpressionError("unknown-filter", f"there is no filter {node.name}{near}", f"filters are: {known}")
    if isinstance(node, nodes.Test) and node.name not in TESTS:
        raise ExpressionError("unknown-test", f"there is no test {node.name}", f"tests are: {', '.join(sorted(TESTS))}")
    if isinstance(node, nodes.Filter | nodes.Test):
        _check_arguments(node)
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        raise ExpressionError("template-not-allowed", "a name after a dot can't begin with _")
    for child in node.iter_child_nodes():
        check(child)


def _check_arguments(node: nodes.Filter | nodes.Test) -> None:
    if node.kwargs or node.dyn_args is not None or node.dyn_kwargs is not None or len(node.args) > 2:
        raise ExpressionError("template-not-allowed", f"{node.name} takes at most two plain arguments")


def columns(node: nodes.Node) -> frozenset[str]:
    """Every column of ``row`` that is looked up by name."""
    dotted = {found.attr for found in node.find_all(nodes.Getattr) if _is_row(found.node)}
    indexed = {
        str(found.arg.value)
        for found in node.find_all(nodes.Getitem)
        if _is_row(found.node) and isinstance(found.arg, nodes.Const)
    }
    return frozenset(dotted | indexed)


def _is_row(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Name) and node.name == "row"


def names(node: nodes.Node) -> frozenset[str]:
    """Every name that is looked up in the scope."""
    return frozenset(found.name for found in node.find_all(nodes.Name))


def _refusal(node: nodes.Node) -> str:
    if isinstance(node, nodes.Call):
        return "nothing can be called in a template"
    if isinstance(node, nodes.BinExpr | nodes.UnaryExpr):
        return "there is no arithmetic in a template"
    if isinstance(node, nodes.Stmt):
        return "there are no statements in a template"
    return "this is not allowed in a template"


def _evaluate(node: nodes.Node, scope: Scope, bounds: Bounds) -> Any:
    return _EVALUATORS[type(node)](node, scope, bounds)


def _name(node: nodes.Name, scope: Scope, bounds: Bounds) -> Any:
    return lookup(scope, node.name, "")


def lookup(scope: Mapping[str, Any], name: str, of: str) -> Any:
    """A name in a scope or a mapping; ``Nothing`` where it isn't there."""
    if name in scope:
        value = scope[name]
        return Nothing(name) if value is None and isinstance(scope, Row) else value
    if isinstance(scope, Row) and name in scope.columns:
        return Nothing(name)
    known = scope.columns if isinstance(scope, Row) else scope
    known = known if len(known) <= _NEAR_AMONG else {}
    what = f"{of} has nothing called {name}" if of else f"nothing is called {name}"
    hint = "row is known in generate only" if name == "row" and not of else "names come from vars, env and row"
    return Nothing(name, ExpressionError("undefined-name", what + did_you_mean(name, known), hint))


def _getattr(node: nodes.Getattr, scope: Scope, bounds: Bounds) -> Any:
    return _item(used(_evaluate(node.node, scope, bounds)), node.attr, _said(node.node))


def _getitem(node: nodes.Getitem, scope: Scope, bounds: Bounds) -> Any:
    value = used(_evaluate(node.node, scope, bounds))
    if isinstance(value, Nothing):
        return value
    if isinstance(node.arg, nodes.Slice):
        return _slice(value, node.arg, scope, bounds)
    return _item(value, evaluate(node.arg, scope, bounds), _said(node.node))


def _slice(value: Any, node: nodes.Slice, scope: Scope, bounds: Bounds) -> Any:
    ends = [None if end is None else evaluate(end, scope, bounds) for end in (node.start, node.stop)]
    if node.step is not None or not all(end is None or type(end) is int for end in ends):
        raise ExpressionError("template-not-allowed", "a slice takes two whole numbers, like [:1]")
    if not isinstance(value, str | list | tuple):
        raise ExpressionError("wrong-type", "only a text or a list can be cut")
    return value[ends[0] : ends[1]]


def _item(value: Any, key: Any, said: str) -> Any:
    if isinstance(value, Nothing):
        return value
    if isinstance(value, Mapping) and isinstance(key, str):
        return lookup(value, key, said)
    if isinstance(value, str | list | tuple) and type(key) is int:
        if -len(value) <= key < len(value):
            return value[key]
        return Nothing(str(key), ExpressionError("undefined-name", f"{said} has no item {key}"))
    raise ExpressionError("undefined-name", f"{said} has no names inside")


def _said(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    return f"{_said(node.node)}.{node.attr}" if isinstance(node, nodes.Getattr) else "the value"


def _filter(node: nodes.Filter, scope: Scope, bounds: Bounds) -> Any:
    if node.node is None:
        raise ExpressionError("template-not-allowed", "a filter needs something to work on")
    value = _evaluate(node.node, scope, bounds)
    arguments = [evaluate(argument, scope, bounds) for argument in node.args]
    if node.name == "default":
        if len(arguments) != 1:
            raise ExpressionError("wrong-type", "default takes one argument")
        return arguments[0] if isinstance(value, Nothing) else value
    if isinstance(used(value), Nothing):
        return value
    try:
        return FILTERS[node.name](value, bounds, *arguments)
    except (TypeError, ValueError) as error:
        message = str(error) if isinstance(error, ValueError) else f"{node.name} was given too much or too little"
        raise ExpressionError("wrong-type", message) from None


def _test(node: nodes.Test, scope: Scope, bounds: Bounds) -> Any:
    value = _evaluate(node.node, scope, bounds)
    if node.name in ("defined", "undefined"):
        return isinstance(value, Nothing) == (node.name == "undefined")
    return TESTS[node.name](None if isinstance(used(value), Nothing) else value)


def _text(value: Any) -> str:
    if isinstance(value, Nothing):
        raise ExpressionError("empty-cell", f"{value.name} is empty here", "give it a value, or use | default(…)")
    if value is None or isinstance(value, Mapping | list | tuple):
        raise ExpressionError("wrong-type", "only a text, a number, yes or no can stand inside of a text")
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def joined(parts: "list[Any]", bounds: Bounds) -> str:
    """The parts of a text put together."""
    texts = [part if isinstance(part, str) else _text(part) for part in parts]
    bounds.allows(sum(map(len, texts)))
    return "".join(texts)


def _concat(node: nodes.Concat, scope: Scope, bounds: Bounds) -> Any:
    return joined([evaluate(part, scope, bounds) for part in node.nodes], bounds)


def _const(node: nodes.Const, scope: Scope, bounds: Bounds) -> Any:
    if isinstance(node.value, float):
        raise ExpressionError("wrong-type", "there are no fractions in a template", "write them as a text")
    return node.value


def _list(node: nodes.List | nodes.Tuple, scope: Scope, bounds: Bounds) -> Any:
    return [evaluate(item, scope, bounds) for item in node.items]


def _not(node: nodes.Not, scope: Scope, bounds: Bounds) -> Any:
    return not evaluate(node.node, scope, bounds)


def _and(node: nodes.And, scope: Scope, bounds: Bounds) -> Any:
    return evaluate(node.left, scope, bounds) and evaluate(node.right, scope, bounds)


def _or(node: nodes.Or, scope: Scope, bounds: Bounds) -> Any:
    return evaluate(node.left, scope, bounds) or evaluate(node.right, scope, bounds)


def _choice(node: nodes.CondExpr, scope: Scope, bounds: Bounds) -> Any:
    if evaluate(node.test, scope, bounds):
        return evaluate(node.expr1, scope, bounds)
    return Nothing("the other case") if node.expr2 is None else evaluate(node.expr2, scope, bounds)


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: bool(left == right),
    "ne": lambda left, right: bool(left != right),
    "lt": lambda left, right: bool(left < right),
    "lteq": lambda left, right: bool(left <= right),
    "gt": lambda left, right: bool(left > right),
    "gteq": lambda left, right: bool(left >= right),
    "in": lambda left, right: left in right,
    "notin": lambda left, right: left not in right,
}


def _compare(node: nodes.Compare, scope: Scope, bounds: Bounds) -> Any:
    left = _or_none(evaluate(node.expr, scope, bounds))
    for operand in node.ops:
        right = _or_none(evaluate(operand.expr, scope, bounds))
        try:
            holds = _COMPARISONS[operand.op](left, right)
        except TypeError:
            raise ExpressionError("wrong-type", "these two can't be compared") from None
        if not holds:
            return False
        left = right
    return True


def _or_none(value: Any) -> Any:
    return None if isinstance(value, Nothing) else value


def _never(node: nodes.Node, scope: Scope, bounds: Bounds) -> Any:
    raise AssertionError("worked out by the node around it")


_EVALUATORS: Mapping[type[nodes.Node], Callable[[Any, Scope, Bounds], Any]] = {
    nodes.Name: _name,
    nodes.Getattr: _getattr,
    nodes.Getitem: _getitem,
    nodes.Slice: _never,
    nodes.Const: _const,
    nodes.TemplateData: lambda node, scope, bounds: node.data,
    nodes.List: _list,
    nodes.Tuple: _list,
    nodes.Filter: _filter,
    nodes.Test: _test,
    nodes.Concat: _concat,
    nodes.Not: _not,
    nodes.And: _and,
    nodes.Or: _or,
    nodes.CondExpr: _choice,
    nodes.Compare: _compare,
    nodes.Operand: _never,
}
