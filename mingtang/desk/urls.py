"""Addresses of the desk. A test walks them all: each view names the power it asks for."""

from django.urls import path

from mingtang.desk import entrance, statics, views
from mingtang.desk.cases import views as cases
from mingtang.desk.documents import batching, importing, sites, words
from mingtang.desk.documents import views as documents
from mingtang.desk.duties import standard
from mingtang.desk.duties import views as duties
from mingtang.desk.keeping import background, covering, laws, organs, passing, people
from mingtang.desk.papers import importing as papers_importing
from mingtang.desk.papers import rounds
from mingtang.desk.papers import views as papers
from mingtang.desk.queue import passing as passing_several
from mingtang.desk.queue import views as queue
from mingtang.desk.records import views as records
from mingtang.desk.registers import copies
from mingtang.desk.registers import views as registers
from mingtang.desk.releases import gazette
from mingtang.desk.releases import views as releases
from mingtang.desk.reports import views as reports
from mingtang.desk.secrecy import views as secrecy

app_name = "desk"
urlpatterns = [
    path("login", entrance.enter, name="login"),
    path("logout", entrance.leave, name="logout"),
    path("language", entrance.language, name="language"),
    path("static/<str:name>", statics.static, name="static"),
    path("", queue.queue, name="queue"),
    path("pass", passing_several.pass_several, name="pass"),
    path("find", records.look_up, name="find"),
    path("cases/", cases.listing, name="cases"),
    path("cases/export.csv", cases.export, name="cases-csv"),
    path("cases/new", cases.new, name="case-new"),
    path("cases/<int:number>/", cases.case, name="case"),
    path("cases/<int:number>/applicant", cases.applicant, name="case-applicant"),
    path("cases/<int:number>/receipt", cases.receipt, name="case-receipt"),
    path("cases/<int:number>/<slug:verb>", cases.act, name="case-act"),
    path("documents/", documents.listing, name="documents"),
    path("documents/new", documents.new, name="document-new"),
    path("documents/import", importing.table, name="import"),
    path("documents/import/order", importing.order, name="import-order"),
    path("documents/import/site", sites.site, name="import-site"),
    path("documents/import/site/order", sites.order, name="import-site-order"),
    path("documents/batch", batching.bring, name="batch-new"),
    path("documents/word", words.from_word, name="document-from-word"),
    path("documents/<int:number>/", documents.document, name="document"),
    path("documents/<int:number>/edit", documents.edit, name="document-edit"),
    path("documents/<int:number>/preview", documents.preview, name="document-preview"),
    path("documents/<int:number>/files/<str:digest>", documents.attachment, name="document-file"),
    path("documents/<int:number>/pull-out", batching.pull_out, name="batch-pull-out"),
    path("documents/<int:number>/rows.csv", batching.export, name="batch-csv"),
    path("documents/<int:number>/releases", documents.release, name="document-release"),
    path("documents/<int:number>/<slug:verb>", documents.act, name="document-act"),
    path("papers/", papers.listing, name="papers"),
    path("papers/new", papers.new, name="paper-new"),
    path("papers/import", papers_importing.table, name="papers-import"),
    path("papers/export.csv", papers.export, name="papers-csv"),
    path("papers/rounds/", rounds.rounds, name="rounds"),
    path("papers/rounds/<int:number>/", rounds.round_of, name="round"),
    path("papers/rounds/<int:number>/<int:paper>", rounds.decide, name="round-decide"),
    path("papers/<int:number>/", papers.paper, name="paper"),
    path("papers/<int:number>/change", papers.change, name="paper-change"),
    path("releases/", releases.listing, name="releases"),
    path("releases/sheet", releases.sheet, name="release-sheet"),
    path("releases/faults", releases.faults, name="release-faults"),
    path("releases/<int:number>/photo", releases.photo, name="release-photo"),
    path("releases/<int:number>/<slug:verb>", releases.act, name="release-act"),
    path("gazette/", gazette.issues, name="gazette"),
    path("duties/", duties.listing, name="duties"),
    path("duties/table", standard.table, name="duty-table"),
    path("duties/table.xlsx", standard.export, name="duty-table-xlsx"),
    path("duties/<int:number>/", duties.duty, name="duty"),
    path("duties/<int:number>/fulfil", duties.fulfil, name="duty-fulfil"),
    path("secrecy/", secrecy.alarms, name="secrecy"),
    path("reports/", reports.listing, name="reports"),
    path("reports/<int:year>/", reports.report, name="report"),
    path("reports/<int:year>/figure", reports.figure, name="report-figure"),
    path("reports/<int:year>/figure.csv", reports.figure_csv, name="report-figure-csv"),
    path("reports/<int:year>/export", reports.export, name="report-export"),
    path("reports/<int:year>/made", reports.fetch, name="report-made"),
    path("reports/<int:year>/declare", reports.declare, name="report-declare"),
    path("reports/<int:year>/write", reports.write, name="report-write"),
    path("reports/<int:year>/file", reports.file, name="report-file"),
    path("reports/<int:year>/correct", reports.correct, name="report-correct"),
    path("registers/", registers.registers, name="registers"),
    path("registers/place/<int:number>/", copies.place, name="place"),
    path("registers/place/<int:number>/list", copies.listed, name="place-list"),
    path("registers/delivery/<int:number>/receipt", copies.receipt, name="delivery-receipt"),
    path("registers/delivery/<int:number>/scan", copies.scan, name="delivery-scan"),
    path("registers/<slug:what>/", registers.register, name="register"),
    path("registers/<slug:what>/<int:number>/strike", registers.strike, name="register-strike"),
    path("registers/<slug:what>/export.csv", registers.export, name="register-csv"),
    path("agencies/", records.agencies, name="agencies"),
    path("agencies/new", organs.found, name="agency-new"),
    path("agencies/<int:number>/", organs.record, name="agency"),
    path("agencies/<int:number>/edit", organs.edit, name="agency-edit"),
    path("agencies/<int:number>/rename", organs.rename, name="agency-rename"),
    path("agencies/<int:number>/succession", passing.succession, name="agency-succession"),
    path("agencies/<int:number>/sector", standard.sector, name="agency-sector"),
    path("agencies/<int:number>/reviews", organs.reviews, name="agency-reviews"),
    path("people/", people.listing, name="people"),
    path("people/new", people.new, name="person-new"),
    path("people/<int:number>/", people.person, name="person"),
    path("people/<int:number>/<slug:verb>", people.act, name="person-act"),
    path("cover", covering.cover, name="cover"),
    path("password", people.password, name="password"),
    path("laws/", laws.laws, name="laws"),
    path("background/", background.background, name="background"),
    path("acts/", records.acts, name="acts"),
    path("<path:rest>", views.missing, name="missing"),
]
