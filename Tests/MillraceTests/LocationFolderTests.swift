// SPDX-License-Identifier: Apache-2.0
import Accounts
import Common
import Database
import Files
import Foundation
import Millrace
import TestSupport
import Testing

/// Which folders of the machine can be locations.
struct LocationFolderTests {
    /// An installation in a folder of its own, with some workspaces.
    private struct Home {
        let installation: Installation
        let workspace: WorkspaceID
        let folder: TemporaryFolder
        private let place: DatabasePlace

        init(_ engine: TestEngine, folders: [String]? = nil) async throws {
            place = try engine.place(migrations: MillraceSchema.migrations)
            let folder = try TemporaryFolder()
            self.folder = folder
            for name in ["feeds", "other"] {
                try FileManager.default.createDirectory(
                    atPath: folder.path(name),
                    withIntermediateDirectories: true
                )
            }
            var configuration = Configuration(
                database: place.address,
                dataFolder: folder.path("data")
            )
            configuration.locationFolders = folders.map { $0.map { folder.path($0) } }
            installation = try Installation(configuration)
            workspace = try await installation.workspace(named: nil, by: "test").id
        }

        func addWorkspace() async throws {
            _ = try await installation.database.write { [installation] transaction in
                try installation.createWorkspace(
                    "Second",
                    technicalName: "second",
                    by: "test",
                    in: transaction
                )
            }
        }

        func make(_ path: String) async throws -> LocationRecord {
            try await installation.database.write { [installation, workspace] transaction in
                try installation.locations.create(
                    (path as NSString).lastPathComponent,
                    .folder(path: path),
                    context: Context(
                        workspace: workspace,
                        actor: "test",
                        source: .manualEdit,
                        moment: transaction.moment
                    ),
                    in: transaction
                )
            }
        }

        func list(_ record: LocationRecord) async throws {
            try await installation.database.blocking { [installation, workspace] in
                _ = try installation.locations.access(to: record, workspace: workspace)
                    .list(folder: "")
            }
        }
    }

    @Test(arguments: TestEngine.lasting)
    func `with several workspaces no folder is a location until the operator names some`(
        engine: TestEngine
    ) async throws {
        let home = try await Home(engine)
        let feeds = try await home.make(home.folder.path("feeds"))
        try await home.list(feeds)
        try await home.addWorkspace()
        await #expect(throws: FilesError.self) { try await home.make(home.folder.path("other")) }
        let refusal = await #expect(throws: FilesError.self) { try await home.list(feeds) }
        #expect("\(try #require(refusal))".contains("MILLRACE_LOCATION_FOLDERS"))
    }

    @Test(arguments: TestEngine.lasting)
    func `named folders hold for one workspace and for several`(engine: TestEngine) async throws {
        let home = try await Home(engine, folders: ["feeds"])
        await #expect(throws: FilesError.self) { try await home.make(home.folder.path("other")) }
        try await home.addWorkspace()
        try await home.list(try await home.make(home.folder.path("feeds")))
    }

    @Test func `no location holds the data folder or the database, or lies in the spool`()
        async throws
    {
        let folder = try TemporaryFolder()
        let base = folder.path("base")
        var configuration = Configuration(
            database: .sqlite(path: "\(base)/millrace.db"),
            dataFolder: folder.path("data"),
            spool: .sharedFolder(folder.path("spool"))
        )
        configuration.locationFolders = nil
        try FileManager.default.createDirectory(
            atPath: "\(base)/feeds",
            withIntermediateDirectories: true
        )
        let installation = try Installation(configuration)
        let workspace = try await installation.workspace(named: nil, by: "test").id
        func isAllowed(_ path: String) async throws -> Bool {
            try await installation.database.blocking {
                (try? installation.locations.access(for: .folder(path: path), workspace: workspace))
                    != nil
            }
        }
        for own in [base, folder.path, folder.path("data"), folder.path("data/x"), "/"] {
            #expect(try await !isAllowed(own), "\(own)")
        }
        #expect(try await !isAllowed(folder.path("spool/upload")))
        #expect(try await isAllowed("\(base)/feeds"))
    }

    @Test(arguments: [
        ("/srv/feeds:/mnt", ["/srv/feeds", "/mnt"]), ("", []), ("/a", ["/a"]),
    ])
    func `folders are named by whole paths`(text: String, folders: [String]) throws {
        let configuration = try Configuration(
            address: "sqlite:/var/m.db",
            environment: ["MILLRACE_LOCATION_FOLDERS": text]
        )
        #expect(configuration.locationFolders == folders)
        #expect(throws: ConfigurationError.badLocationFolders("feeds:/a")) {
            try Configuration(
                address: "sqlite:/var/m.db",
                environment: ["MILLRACE_LOCATION_FOLDERS": "feeds:/a"]
            )
        }
    }
}
