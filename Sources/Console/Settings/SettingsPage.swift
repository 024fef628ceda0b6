// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database

/// The workspace and its settings, retention among them.
enum SettingsPage {
    static let path = "/console/settings"

    static let routes: [Route] = [
        .get("settings") { try await .page(show($0)) },
        .post("settings", .administer) { visit, form in try await save(visit, form) },
        .post("settings/workspace", .administer) { visit, form in
            try await saveWorkspace(visit, form)
        },
    ]

    private static func show(
        _ visit: Visit,
        _ sent: Form? = nil,
        _ errors: FormErrors = .none
    ) async throws -> Page {
        let (values, workspace) = try await visit.read { connection in
            (
                try SettingStore(visit.workspace).all(in: connection),
                try WorkspaceStore().workspace(visit.workspace, in: connection)
            )
        }
        var page = Page("Settings", .settings)
        page.parts = [SettingsRoutes.tabs(path)]
        guard visit.may(.administer) else {
            page.parts.append(Section("General", [facts(values)]))
            return page
        }
        let fields = AnySetting.all.map { setting in
            field(setting, sent?.raw(setting.name) ?? values[setting.name] ?? "")
        }
        page.parts += [
            FormPart(
                path,
                submit: "Save",
                FormPart.Group(fields)
            ).showing(errors).card("General"),
            FormPart(
                "\(path)/workspace",
                submit: "Save the workspace",
                FormPart.Group([
                    .text("name", "Name", workspace.name),
                    Field.text(
                        "country",
                        "Calling code of national mobile numbers",
                        workspace.defaultCountryCode
                    ).optional
                        .hinted(
                            "Without +, such as 32. Numbers without a code are refused when it is empty."
                        ),
                ])
            ).card("Workspace"),
        ]
        return errors.isEmpty ? page : page.status(422)
    }

    private static func facts(_ values: [String: String]) -> Facts {
        Facts(AnySetting.all.map { ($0.summary, HTML(escaping: values[$0.name] ?? $0.standard)) })
    }

    private static func field(_ setting: AnySetting, _ value: String) -> Field {
        var field: Field
        if ["true", "false"].contains(setting.standard) {
            field = .select(
                setting.name,
                setting.summary,
                value,
                [.init("true", "Yes"), .init("false", "No")]
            )
        } else {
            field = .text(setting.name, setting.summary, value)
        }
        field.hint = "Must be \(setting.rule)."
        field.width = "wide"
        return field
    }

    private static func save(_ visit: Visit, _ form: Form) async throws -> Reply {
        do {
            try await visit.write { transaction, context in
                let store = SettingStore(visit.workspace)
                let present = try store.all(in: transaction)
                for setting in AnySetting.all where form.has(setting.name) {
                    let value = form.text(setting.name)
                    guard value != present[setting.name] else { continue }
                    do {
                        try store.set(setting.name, toText: value, by: context, in: transaction)
                    } catch AccountsError.invalid {
                        throw FormErrors(fields: [setting.name: "It must be \(setting.rule)."])
                    }
                }
            }
            return .redirect(path, notice: "Saved.")
        } catch let errors as FormErrors {
            return .page(try await show(visit, form, errors))
        }
    }

    private static func saveWorkspace(_ visit: Visit, _ form: Form) async throws -> Reply {
        try await visit.write { transaction, context in
            var workspace = try WorkspaceStore().workspace(visit.workspace, in: transaction)
            workspace.name = form.text("name")
            workspace.defaultCountryCode = form.filled("country")
            try WorkspaceStore().update(workspace, by: context, in: transaction)
        }
        return .redirect(path, notice: "Saved.")
    }
}
