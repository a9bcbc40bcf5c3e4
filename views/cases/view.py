"""The view of one relief type in one version: Flask-Admin's model view on our own list, forms and pages.

What Flask-Admin offers besides, and what of it leaks (bulk delete, files by id, look-ups, exports), is taken away
here and has no address (views/cases/__init__.py).
"""

from functools import cached_property

from flask import abort, flash, g, redirect, render_template, request, url_for
from flask_admin import expose
from flask_admin.contrib.mongoengine import ModelView
from flask_babel import gettext as _

from adminapp import audit, awards, dates, disclosure, divisions, engine, files, policy
from adminapp.errors import Conflict, Forbidden, Invalid, NotFound
from adminapp.forms import Context, build_form
from adminapp.workflow.machine import ACTIONS, STATES
from adminapp.workflow.opening import open_case
from adminapp.workflow.transition import Move, edit, offered, perform
from views import keeping
from views.cases import acting, conflict, driven, evidence, handling, page
from views.cases.columns import Listing
from views.cases.listing import Request, read_page
from views.cases.rows import change_rows
from views.cases.saved import Saved
from views.downloads import send_bytes


class CaseView(ModelView):
    can_delete = can_export = False
    can_view_details = True

    # Not there at all: each lets a request past the scope or the declaration.
    delete_view = action_view = ajax_update = ajax_lookup = export = api_file_view = None

    def __init__(self, published):
        self.published, self.relief_type = published, published.relief_type
        super().__init__(published.model, name=self.relief_type.name, endpoint="cases", url="x")

    # What Flask-Admin asks of a model view

    def scaffold_list_columns(self):
        return ["name", "number", "village", "state", "applied_on", "due", "amount"]

    def scaffold_sortable_columns(self):
        return {}

    def init_search(self):
        return False

    @cached_property
    def form_class(self):
        return build_form(self.relief_type)

    def get_form(self):
        return self.form_class

    scaffold_form = get_form

    def is_accessible(self):
        return policy.permits(request.endpoint, g.actor.roles)

    def inaccessible_callback(self, name, **kwargs):
        return abort(403)

    def render(self, template, **values):
        return render_template(template, view=self, relief_type=self.relief_type, published=self.published, **values)

    # List

    @expose("/")
    def index_view(self):
        asked = self.read_request()
        saved = Saved(self.published, g.user, g.actor, asked)
        listing = Listing(self.published, g.actor, saved.columns())
        found, columns = self.get_list(asked, listing), listing.columns(asked)
        return self.render(
            "cases/list.html",
            asked=asked,
            saved=saved,
            listing=listing,
            columns=columns,
            rows=listing.rows(found.rows, columns),
            filters=listing.filters(asked),
            chips=listing.chips(asked),
            count=found.count,
            hint=_("姓名、首字母、编号或完整身份证号"),
            next_url=found.next_token and asked.address(after=found.next_token),
            previous_url=found.previous_token and asked.address(before=found.previous_token),
            may_create=policy.permits("cases.create_view", g.actor.roles) and not self.published.retired,
        )

    def read_request(self):
        return Request.read(self.relief_type, g.actor, request.args)

    def get_list(self, asked, listing):
        """Return a Page of raw rows within the actor's scope."""
        return read_page(self.model._get_collection(), asked, listing.projection)

    # New and edit

    def context(self, case=None):
        today = dates.today()
        return Context(engine.current().standards, today, awards.Register(case, today) if case is not None else None)

    def bind(self, case=None):
        return self.form_class.bind(keeping.formdata(), g.actor, self.context(case), case)

    def create_view(self):
        if answer := keeping.answer():
            return answer
        if self.published.retired and request.method == "GET":  # what was typed before stays on the page with the refusal
            raise Forbidden(_("“%(type)s”已停止受理新的申请", type=self.relief_type.name))
        form = self.bind()
        if request.method == "POST" and not change_rows(form, request.form):
            draft = "_draft" in request.form
            if form.check(complete=not draft):
                case = self.create_model(form)
                if case is not None:
                    return self.after_saving(case, submit=not draft)
        return self.show_form(
            form,
            _("登记%(type)s申请", type=self.relief_type.name),
            url_for("cases.create_view"),
            self.get_url("cases.index_view"),
            draft=True,
        )

    def create_model(self, form):
        """Open the case; put the engine's sentences at their inputs and return None when it refuses."""
        try:
            return open_case(self.published, g.actor, form.village.data, form.changes(), engine.current().standards)
        except Invalid as error:
            _place(form, error)
            return None

    def edit_view(self, case):
        if not STATES[case.state].editable:
            flash(_("状态为“%(state)s”的案件不能修改内容。", state=_(STATES[case.state].label)), "warning")
            return redirect(self.case_url(case))
        if answer := keeping.answer():
            return answer
        form = self.bind(case)
        is_draft = case.state == "draft"
        if request.method == "POST" and not change_rows(form, request.form):
            draft = is_draft and "_draft" in request.form
            if form.check(complete=not draft):
                if request.form.get("rev") != str(case.rev):
                    return self.show_conflict(form, case)
                try:
                    self.update_model(form, case)
                    return self.after_saving(case, submit=is_draft and not draft)
                except Conflict:
                    return self.show_conflict(self.bind(self.reload(case)), self.reload(case))
                except Invalid as error:
                    _place(form, error)
        return self.show_form(
            form,
            _("修改 %(name)s 的申请", name=case.name or case.number),
            self.case_url(case, "edit_view"),
            self.case_url(case),
            draft=is_draft,
            case=case,
        )

    def update_model(self, form, case):
        """Store the changes of a form, if the case still stands where the form was opened."""
        changes = conflict.chosen(form.changes(), request.form)
        edit(self.move(case), changes, case.rev)

    def show_form(self, form, title, action, cancel, draft=False, case=None):
        status = 422 if request.method == "POST" and form.errors else 200
        body = self.render(
            "cases/form.html",
            form=form,
            title=title,
            sections=form.sections(),
            action=action,
            cancel_url=cancel,
            draft=draft,
            case=case,
            place=divisions.full_name(case.village) if case is not None else "",
            kept_at=keeping.offered(),
        )
        return body, status

    def show_conflict(self, form, case):
        """Show what both wrote where they differ.

        The answer comes back to the same address with the case's present rev.
        """
        form.check(complete=False)
        rows = conflict.differences(form, case, g.actor)
        body = self.render(
            "cases/conflict.html",
            case=case,
            rows=rows,
            hidden=conflict.carried(request.form),
            rev=case.rev,
            action=self.case_url(case, "edit_view"),
            cancel_url=self.case_url(case),
            who=conflict.others(case, request.form.get("rev")),
        )
        return body, 409

    def after_saving(self, case, submit):
        """Go on to the case; a new application is submitted at once where nothing is missing."""
        keeping.forget()
        if submit:
            try:
                perform(self.move(case), "submit")
                flash(_("已保存并提交。"), "success")
            except Invalid as error:
                flash(_("已存为草稿，还不能提交：%(why)s", why="；".join(map(str, error.problems))), "warning")
        else:
            flash(_("已保存。"), "success")
        return redirect(self.case_url(case))

    def reload(self, case):
        row = self.model._get_collection().find_one({"_id": case.id})
        if row is None:
            raise NotFound
        return self.model._from_son(row)

    # One case

    def move(self, case, data=None):
        return Move(case, self.published, g.actor, engine.current().standards, data or {})

    def case_url(self, case, name="details_view", **values):
        return url_for(f"cases.{name}", type_key=case.type, id=str(case.id), **values)

    def details_view(self, case):
        return self.render("cases/case.html", case=case, **page.CasePage(self, case).values())

    def print_view(self, case):
        audit.log("print", case=case.number)
        values = page.CasePage(self, case, place=disclosure.PRINT).values()
        return self.render(
            "cases/print.html", case=case, printed_by=g.actor.name, printed_at=page.moment(dates.now()), **values
        )

    def act(self, case, action):
        """Show the form of an action, or carry it out."""
        move = self.move(case)
        if action not in offered(move):
            if action not in ACTIONS:
                raise NotFound
            if request.method == "GET":  # an old link or the back button: the case page says where it stands
                flash(_("“%(action)s”现在不能办理。", action=_(ACTIONS[action].label)), "warning")
                return redirect(self.case_url(case))
        if request.method == "GET" and ACTIONS[action].driven:
            return redirect(driven.address(case, action, g.actor) or self.case_url(case))
        if answer := keeping.answer():
            return answer
        posted = keeping.formdata()
        asked = acting.Asking(self, move, action, posted)
        problems, status, plan = [], 200, None
        try:
            if request.method == "POST" and not asked.only_redraws():
                if acting.PREVIEW in request.form:
                    plan = asked.preview(request.form.get("rev"))
                else:
                    asked.carry_out(request.form.get("rev"))
                    keeping.forget()
                    flash(_("已办理：%(action)s", action=_(ACTIONS[action].label)), "success")
                    return redirect(self.case_url(case))
            elif request.method == "GET" and acting.waits(case, action):
                plan = acting.worked_out(move, action)
        except Conflict:
            case, status = self.reload(case), 409
            problems = [_("本件刚刚有变动，请核对后再办理；您填写的内容已保留。")]
        except Invalid as error:
            case, status = self.reload(case), 422
            problems = list(dict.fromkeys(map(str, error.problems)))
        return self.render("cases/act.html", case=case, kept_at=keeping.offered(), **asked.values(self.move(case), problems, plan)), status

    def handle(self, case):
        """Name another handler, or the persons responsible."""
        return handling.change(self, case)

    def reveal(self, case, field):
        """Show the full values of one field or table for a stated reason, once; nothing of it stays in the address."""
        declared = self.relief_type.live_fields.get(field)
        if declared is None or not page.is_revealable(declared, g.actor):
            raise NotFound
        reason, shown = request.form.get("reason", "").strip(), None
        if request.method == "POST":
            if len(reason) < 2:
                flash(_("请写明查看理由。"), "error")
            else:
                audit.log("reveal", case=case.number, field=field, reason=reason)
                shown = page.revealed(case, declared, g.actor)
        return self.render(
            "cases/reveal.html",
            case=case,
            field=declared,
            reason=reason,
            shown=shown,
            url=self.case_url(case, "reveal", field=field),
        )

    # Files

    def upload(self, case, document):
        if not page.may_add_files(case):
            raise NotFound
        declared = self.relief_type.document_by_id.get(document)
        attached = self.relief_type.live_fields.get(document)
        if declared is None and document != files.OTHER and (attached is None or attached.kind != "attachment"):
            raise NotFound
        label = declared.label if declared else attached.label if attached else _("其他材料")
        done, refused, chosen = 0, [], ()
        try:
            chosen = evidence.chosen_files("file")
        except Invalid as error:
            refused.extend(map(str, error.problems))
        for item in chosen:
            try:
                files.add(case, g.actor, document, item.filename, item.read(files.LARGEST + 1), label)
                done += 1
            except Invalid as error:
                refused.append(f"{item.filename[-60:]}：{error}")
        if done:
            flash(_("已上传 %(n)s 个文件：%(label)s", n=done, label=label), "success")
        for sentence in refused or ([] if done else [_("请选择文件。")]):
            flash(sentence, "error")
        return redirect(self.case_url(case) + "#documents")

    def download(self, case, file_id):
        entry, data = files.read(case, file_id)
        audit.log("download", case=case.number, file=entry.id)
        return send_bytes(data, entry.name, entry.type)

    def remove_file(self, case, file_id):
        if not STATES[case.state].editable:
            raise NotFound
        files.remove(case, g.actor, file_id)
        flash(_("已移除文件。"), "success")
        return redirect(self.case_url(case) + "#documents")


def _place(form, error):
    """Put what the engine found at its inputs; a plain sentence goes to the top."""
    for problem in error.problems:
        form.fail(problem if isinstance(problem, dict) else {"": [str(problem)]})
