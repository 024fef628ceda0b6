// SPDX-License-Identifier: Apache-2.0
import Database
import Files
import Foundation
import Millrace
import TestSupport
import Testing

/// Where an installation keeps its files between two steps.
struct SpoolPlaceTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `the environment names the place of the spool`() throws {
        #expect(try configuration(nil).spool == .standard)
        #expect(try configuration("database").spool == .database)
        #expect(try configuration("folder:/mnt/spool").spool == .sharedFolder("/mnt/spool"))
    }

    @Test(arguments: ["", "folder", "folder:", "folder:spool", "Database", "/mnt/spool"])
    func `what is no place is refused`(text: String) throws {
        let error = #expect(throws: ConfigurationError.badSpool(text)) { try configuration(text) }
        #expect(error?.description.contains("use database or folder:PATH") == true)
    }

    @Test func `a shared folder belongs to one installation`() throws {
        let place = "folder:\(folder.path("shared"))"
        _ = try Installation(configuration(place, database: "a.db"))
        _ = try Installation(configuration(place, database: "a.db"))
        #expect(throws: FilesError.foreignSpool(folder.path("shared"))) {
            try Installation(configuration(place, database: "b.db"))
        }
    }

    @Test func `a spool in the database can be read from another folder`() throws {
        let first = try Installation(configuration("database"))
        var other = try configuration("database")
        other.dataFolder = folder.path("other")
        let second = try Installation(other)
        let writer = try first.spool.create(.upload, name: "a")
        try writer.write([1, 2, 3])
        let file = try writer.finish()
        var read: [UInt8] = []
        try second.spool.read(file) { chunk in
            read += chunk
            return true
        }
        #expect(read == [1, 2, 3])
    }

    private func configuration(
        _ spool: String?,
        database: String = "m.db"
    ) throws -> Configuration {
        try Configuration(
            address: "sqlite:\(folder.path(database))",
            environment: spool.map { ["MILLRACE_SPOOL": $0] } ?? [:]
        )
    }
}
