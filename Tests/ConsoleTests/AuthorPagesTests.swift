// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import TestSupport
import Testing

@testable import Console

/// What the console keeps from roles that see no messages of others.
struct AuthorPagesTests {
    @Test func `campaigns, people of sends and the outbox are for whom they are meant`()
        async throws
    {
        let ground = try await ConsoleGround(.file)
        let cookies = [
            Accounts.Role.author: try await ground.cookie(.author),
            .viewer: try await ground.cookie(.viewer), .manager: try await ground.cookie(.manager),
        ]
        let readers: Set<Accounts.Role> = [.viewer, .manager]
        let pages: [(String, Set<Accounts.Role>)] = [
            ("campaigns", readers), ("campaigns/1", readers), ("campaigns/1/preview", readers),
            ("campaigns/1/mail", readers), ("tasks/1/people", readers),
            ("tasks/1/report.csv", readers), ("outbox", [.manager]),
            ("outbox/2026-01-01/a.eml", [.manager]),
        ]
        for (page, roles) in pages {
            for (role, cookie) in cookies {
                let status = await ground.ask("/console/\(page)", cookie: cookie).status
                #expect((status != 403) == roles.contains(role), "\(page) to \(role): \(status)")
            }
        }
    }

    @Test func `the menu leads nobody to a refusal`() async throws {
        let ground = try await ConsoleGround(.file)
        for role in Accounts.Role.allCases {
            let cookie = try await ground.cookie(role)
            let home = await ground.page("/console/", by: cookie)
            for entry in MenuEntry.allCases {
                let status = await ground.ask(entry.href, cookie: cookie).status
                #expect(
                    home.contains("href=\"\(entry.href)\"") == (status == 200),
                    "\(entry), \(role)"
                )
            }
        }
    }
}
