// SPDX-License-Identifier: Apache-2.0

/// What administrators set.
enum SettingsRoutes {
    static let all: [Route] =
        SettingsPage.routes + UsersPages.routes + TokensPages.routes + LocationsPages.routes
        + ProvidersPage.routes + WebhooksPages.routes + AuditPage.routes

    static func tabs(_ current: String) -> Tabs {
        Tabs(
            "Settings",
            current: current,
            [
                ("General", SettingsPage.path), ("Locations", LocationsPages.path),
                ("Relays and gateways", ProvidersPage.path), ("Users and roles", UsersPages.path),
                ("Tokens", TokensPages.path),
                ("Webhooks", WebhooksPages.path), ("Audit log", AuditPage.path),
            ]
        )
    }
}
