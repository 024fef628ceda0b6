// SPDX-License-Identifier: Apache-2.0
import Testing

struct AuditRuleTests {
    /// Their stores write the log themselves, or nothing is changed but what a session is known by.
    private static let exempt: Set = [
        "ConsoleSite.swift", "Server/Visit.swift", "Server/AuditedVisit.swift",
        "SignIn/AccountPages.swift", "SignIn/SignInPages.swift", "Settings/SettingsPage.swift",
        "Settings/TokensPages.swift", "Settings/UsersPages.swift",
    ]

    @Test func `a page of the console writes nothing that the audit log does not have`() throws {
        let folder = "Sources/Console/"
        for file in try PackageFolder.swiftFiles(in: "Sources/Console") {
            let name = String(file.path.dropFirst(folder.count))
            guard !Self.exempt.contains(name) else { continue }
            let writes = file.code.count { $0.contains(".write {") }
            let entries = file.code.count {
                $0.contains("AuditLog(") || $0.contains(#/[ .]log\(/#)
            }
            #expect(writes == 0 || entries > 0, "\(file.path): use Visit.change(_:of:_:)")
        }
    }
}
