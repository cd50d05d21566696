"""Values on their way into a page: what is dangerous is harmless, what is markup stays."""

from __future__ import annotations

from markupsafe import Markup, escape

from relata.interfaces.html.compiling import written
from relata.interfaces.html.environment import create_environment

TEMPLATE = (
    '{% macro shown(v) %}[{{ v }}]{% endmacro %}{{ v }}|{{ shown(v) }}|{{ _("100%% of %(v)s", v=v) }}|{{ _("5%%") }}'
)


class Sly(str):
    """A text of a kind of its own, which must be escaped like any other."""


def test_every_kind_of_value_is_written_as_it_would_be_escaped() -> None:
    for value in ("<b>", Markup("<b>"), Sly("<i>"), 5, 1.5, None, True, ["<"]):
        assert written(value) == escape(value)
    assert "<" not in written("<script>") + written(Sly("<script>"))


def test_a_template_escapes_values_texts_and_macros_once() -> None:
    page = create_environment().from_string(TEMPLATE).render(v="<&>")
    assert page == "&lt;&amp;&gt;|[&lt;&amp;&gt;]|100% of &lt;&amp;&gt;|5%"
