"""Template: a text is taken apart by Jinja2's parser, checked, and worked out in a scope."""

from functools import cache
from typing import Any

from jinja2 import Environment, TemplateSyntaxError, nodes
from jinja2.parser import Parser

from dani_playbook.language.expression import (
    ExpressionError,
    Nothing,
    Scope,
    check,
    columns,
    evaluate,
    joined,
    names,
)
from dani_playbook.language.filters import Bounds
from dani_playbook.language.project import Limits
from dani_playbook.language.render import OMITTED, Template


@cache
def _parser() -> Environment:
    # A brace with a number sign must stay text: nobody expects the middle of a value to vanish.
    return Environment(  # noqa: S701 - nothing is rendered, so nothing can be escaped
        keep_trailing_newline=True, comment_start_string="\0#", comment_end_string="#\0"
    )


def take_apart(text: str, limits: Limits) -> Template | ExpressionError:
    """The checked parts of ``text``, or what is wrong with it."""
    if len(text) > limits.expression:
        return ExpressionError("too-long", f"a template is at most {limits.expression:,} characters long")
    try:
        # Environment.parse would answer an error by compiling a line of its own, for a nicer traceback.
        tree = Parser(_parser(), text).parse()
        parts = [part for node in tree.body for part in _parts(node)]
        for part in parts:
            check(part)
    except ExpressionError as error:
        return error
    except TemplateSyntaxError:
        # Jinja2 says which token it stumbled over, and that may be a piece of a value nobody may see.
        return ExpressionError("template-syntax", "the template can't be read", "look at its brackets and quotes")
    except RecursionError:
        return ExpressionError("template-syntax", "the template is nested too deep")
    return Template(tuple(parts), names(tree), columns(tree))


def _parts(node: nodes.Node) -> list[nodes.Expr]:
    if isinstance(node, nodes.Output):
        return node.nodes
    raise ExpressionError("template-not-allowed", "there are no statements in a template", "use {{ … }} only")


def work_out(template: Template, scope: Scope, longest: int) -> Any:
    """The value of a text that is one expression alone, else the text. ``OMITTED`` for an empty cell alone."""
    bounds = Bounds(longest)
    try:
        if len(template.parts) == 1:
            value = evaluate(template.parts[0], scope, bounds)
            return OMITTED if isinstance(value, Nothing) else value
        return joined([evaluate(part, scope, bounds) for part in template.parts], bounds)
    except ValueError as error:
        raise ExpressionError("too-long", str(error)) from None
    except RecursionError:
        raise ExpressionError("template-syntax", "the template is nested too deep") from None
