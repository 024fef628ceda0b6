// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Audience
import Common
import Database

/// Making a segmentation, and changing one.
enum SegmentationEditor {
    static let routes: [Route] = [
        .get("segmentations/new", .manage) { visit in
            try await .page(page(visit, SegmentationForm(kind(visit)), nil))
        },
        .post("segmentations/new") { visit, form in try await save(visit, form, nil) },
        .get("segmentations/:id/edit", .manage) { visit in
            let found = try await visit.read { try SegmentationsPages.segmentation(visit, $0) }
            return try await .page(page(visit, SegmentationForm(found), found))
        },
        .post("segmentations/:id/edit") { visit, form in
            let found = try await visit.read { try SegmentationsPages.segmentation(visit, $0) }
            return try await save(visit, form, found)
        },
    ]

    private static func kind(_ visit: Visit) -> SegmentationKind {
        SegmentationKind(rawValue: visit.query.text("kind")) ?? .simple
    }

    private static func page(
        _ visit: Visit,
        _ form: SegmentationForm,
        _ segmentation: Segmentation?,
        _ errors: FormErrors = .none
    ) async throws -> Page {
        let (tables, searches) = try await visit.read { connection in
            (
                try ProfileTableStore(visit.workspace).all(in: connection),
                try SearchesPages.store(visit).all(in: connection)
            )
        }
        var page = Page(
            segmentation.map { "Edit \($0.displayName)" } ?? "New segmentation",
            .segmentations
        )
        page.crumbs = [("Segmentations", SegmentationsPages.path)]
        let new = "\(SegmentationsPages.path)/new"
        if segmentation == nil {
            page.parts.append(
                Tabs(
                    "Kinds of segmentation",
                    current: "\(new)?kind=\(form.kind.rawValue)",
                    [
                        ("Simple: in or out", "\(new)?kind=simple"),
                        ("Exclusive: one of several segments", "\(new)?kind=exclusive"),
                    ]
                )
            )
        }
        let own = segmentation.map { one in searches.filter { $0.table == one.table } }
        var groups = [FormPart.Group(head(form, segmentation, tables))]
        groups += form.groups(own ?? searches)
        if form.kind == .exclusive { groups.append(otherwise(form)) }
        var part = FormPart(
            segmentation.map { "\(SegmentationsPages.path)/\($0.id)/edit" }
                ?? "\(new)?kind=\(form.kind.rawValue)",
            submit: "Save",
            cancel: segmentation.map { SegmentationPage.place($0) } ?? SegmentationsPages.path,
            groups
        )
        if form.kind == .exclusive {
            part.others = [.init(name: "more", value: "yes", label: "Add another segment")]
        }
        page.parts.append(Section(nil, [part.showing(errors)]))
        return errors.isEmpty ? page : page.status(422)
    }

    private static func head(
        _ form: SegmentationForm,
        _ segmentation: Segmentation?,
        _ tables: [ProfileTable]
    ) -> [Field] {
        var fields = [
            Field.text("name", "Technical name", form.name)
                .hinted("Letters, digits and _, such as vip. Searches and exports use it."),
            Field.text("displayName", "Display name", form.displayName).optional
                .hinted("The name that people see."),
        ]
        if segmentation == nil {
            fields.append(
                .select(
                    "table",
                    "Profile table",
                    form.table,
                    tables.map { .init("\($0.id)", $0.displayName) }
                )
            )
        }
        fields.append(
            Field.check("history", "Keep a history of who changed", form.hasHistory)
                .hinted("Exports of segment changes need it.")
        )
        return fields
    }

    private static func otherwise(_ form: SegmentationForm) -> FormPart.Group {
        FormPart.Group(
            "Everyone else",
            note:
                "Segments are tried in their order. One whose fields are all empty is left out, so emptying them removes a segment.",
            [
                Field.text("otherwise", "Segment of whoever is in no other", form.otherwise)
                    .optional.hinted("Empty to leave them in none.")
            ]
        )
    }

    private static func save(
        _ visit: Visit,
        _ form: Form,
        _ segmentation: Segmentation?
    ) async throws -> Reply {
        var given = SegmentationForm(form, segmentation?.kind ?? kind(visit))
        if form.isOn("more") {
            given.lines.append(SegmentationForm.Line())
            return .page(try await page(visit, given, segmentation))
        }
        do {
            let id = try await write(visit, given, segmentation)
            let words =
                segmentation == nil
                ? "The segmentation is made. Refresh it to see who is in it."
                : "Saved. The next refresh brings the segments up to date."
            return .redirect("\(SegmentationsPages.path)/\(id)", notice: words)
        } catch let errors as FormErrors {
            return .page(try await page(visit, given, segmentation, errors))
        } catch {
            guard let refusal = Refusal(error), [409, 422].contains(refusal.status) else {
                throw error
            }
            let errors = errors(refusal)
            return .page(try await page(visit, given, segmentation, errors))
        }
    }

    private static func errors(_ refusal: Refusal) -> FormErrors {
        let words = refusal.sentence.capitalisedFirst + "."
        let isName = refusal.status == 409 || refusal.fields.keys.contains("name")
        return isName ? FormErrors(fields: ["name": words]) : FormErrors(words)
    }

    private static func write(
        _ visit: Visit,
        _ form: SegmentationForm,
        _ segmentation: Segmentation?
    ) async throws -> SegmentationID {
        try await visit.write { transaction, context in
            let tables = ProfileTableStore(visit.workspace)
            let table = try tables.table(
                segmentation?.table ?? ProfileTableID(Int64(form.table) ?? 0),
                in: transaction
            )
            let definition = try form.definition(
                over: table,
                SearchesPages.store(visit),
                visit.services.rooms.searches,
                in: transaction,
                at: context.moment
            )
            let store = SegmentationsPages.store(visit)
            guard let segmentation else {
                let made = try store.create(definition, over: table, by: context, in: transaction)
                try SegmentationsPages.log("segmentation.create", made, context, transaction)
                return made.id
            }
            try store.update(segmentation.id, to: definition, by: context, in: transaction)
            let changed = try store.segmentation(segmentation.id, in: transaction)
            try SegmentationsPages.log("segmentation.update", changed, context, transaction)
            return segmentation.id
        }
    }
}
