import pytest

from daybook.mapping.references import FIELDS, mark_in, reference, template_problem

from .shops import a_line, an_order

ORDER = an_order(a_line("1"), external_ref="WEB-7", customer_name="Ada", mark="01JD2")


class TestAReference:
    def test_holds_the_templates_text_and_the_mark(self):
        assert reference(ORDER, "{external_ref} {customer}", number="N") == "WEB-7 Ada [db:01JD2]"

    def test_knows_every_field(self):
        template = " ".join(f"{{{name}}}" for name in FIELDS)
        assert reference(ORDER, template, number="N-1") == "A-1 WEB-7 Ada GBP 2026-11-02 N-1 [db:01JD2]"

    @pytest.mark.parametrize("template", ["{nothing}", "{ref.__class__}", "{0}", "{}", "", "  "])
    def test_is_the_mark_alone_where_the_template_gives_nothing(self, template):
        assert reference(ORDER, template, number="N") == "[db:01JD2]"

    @pytest.mark.parametrize("template", ["{", "}", "{ref", "{{ref}}", "%s {ref!r}"])
    def test_never_fails_on_a_broken_template(self, template):
        assert reference(ORDER, template, number="N").endswith("[db:01JD2]")

    def test_is_cut_to_255_characters_with_the_mark_whole(self):
        long = reference(an_order(a_line("1"), external_ref="x" * 400, mark="01JD2"), "{external_ref}", number="N")
        assert len(long) == 255
        assert long.endswith("x [db:01JD2]")

    def test_has_a_space_where_nobody_can_read_what_stands_there(self):
        order = an_order(a_line("1"), external_ref="a\x07\x1b\x85b\ufffe\uffffc", mark="")
        assert reference(order, "{external_ref}", number="N") == "a b c"

    def test_without_a_mark_is_the_text(self):
        order = an_order(a_line("1"), external_ref=" a \n b ", mark="")
        assert reference(order, "{external_ref}", number="N") == "a b"


class TestAMark:
    def test_is_read_back(self):
        assert mark_in(reference(ORDER, "{external_ref}", number="N")) == "01JD2"

    def test_is_found_where_a_person_wrote_around_it(self):
        assert mark_in("paid! WEB-7 [db:01JD2] (see mail)") == "01JD2"

    def test_cannot_be_forged_by_a_customer(self):
        order = an_order(a_line("1"), external_ref="[db:FAKE]", mark="01JD2")
        assert mark_in(reference(order, "{external_ref}", number="N")) == "01JD2"
        order = an_order(a_line("1"), external_ref="[db:FAKE]", mark="")
        assert mark_in(reference(order, "{external_ref}", number="N")) is None

    @pytest.mark.parametrize("text", ["", "WEB-7", "[db:]", "[db:a b]"])
    def test_is_none_in_other_references(self, text):
        assert mark_in(text) is None


class TestATemplate:
    @pytest.mark.parametrize("template", ["", "{external_ref}", "Order {ref} / {customer}", "{ ref }"])
    def test_without_fault_has_no_problem(self, template):
        assert template_problem(template) is None

    def test_with_an_unknown_field_is_told_the_known_ones(self):
        problem = template_problem("{order}")
        assert problem is not None
        assert problem.startswith("{order} is not known. Use {ref}, {external_ref}")

    @pytest.mark.parametrize("template", ["{ref", "ref}", "{{ref}}"])
    def test_with_a_stray_brace_has_a_problem(self, template):
        assert template_problem(template) == "A brace is opened or closed without its partner."

    def test_leaves_the_mark_to_daybook(self):
        assert "adds its mark itself" in (template_problem("[db:x] {ref}") or "")
