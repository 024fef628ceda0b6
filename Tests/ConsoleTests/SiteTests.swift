// SPDX-License-Identifier: Apache-2.0
import API
import Accounts
import Common
import Database
import Foundation
import Logging
import Millrace
import TestSupport
import Testing

@testable import Console

/// The console over a real installation, asked without a socket.
struct SiteTests {
    @Test(arguments: TestEngine.lasting)
    func `every page without a parameter is shown to who may see it and to nobody else`(
        engine: TestEngine
    ) async throws {
        let ground = try await ConsoleGround(engine)
        let cookies = [
            Accounts.Role.administrator: try await ground.cookie(.administrator),
            .viewer: try await ground.cookie(.viewer),
        ]
        let pages = ConsoleRoutes.all.filter { route in
            route.isReading && !route.parts.contains { $0.hasPrefix(":") || $0 == "live" }
        }
        #expect(pages.count > 20)
        for page in pages {
            let path = "/console/" + page.parts.joined(separator: "/")
            #expect(await ground.ask(path).status == 303, "\(path) to strangers")
            for (role, cookie) in cookies {
                let status = await ground.ask(path, cookie: cookie).status
                #expect(status == (role.allows(page.permission) ? 200 : 403), "\(path) to \(role)")
            }
        }
    }

    @Test func `failures make the next attempt wait, and the wait ends`() async throws {
        let time = ManualTime()
        let ground = try await ConsoleGround(.file, time: time)
        _ = try await ground.cookie(.manager)
        let email = "manager@example.org"
        for _ in 0..<5 { #expect(await ground.signIn(email, "wrong").status == 422) }
        #expect(await ground.signIn(email, ConsoleGround.password).status == 429)
        time.advance(by: .seconds(3))
        let answer = await ground.signIn(email, ConsoleGround.password)
        #expect(answer.status == 303)
        let cookie = answer.headers.first { $0.name == "Set-Cookie" }?.value ?? ""
        #expect(cookie.contains("; Secure; HttpOnly; SameSite=Lax"))
    }

    @Test func `an unknown address is answered as a wrong password is`() async throws {
        let ground = try await ConsoleGround(.file)
        _ = try await ground.cookie(.manager)
        func text(_ answer: SiteAnswer) -> String {
            guard case .bytes(let bytes) = answer.body else { return "" }
            return String(decoding: bytes, as: UTF8.self)
        }
        let unknown = text(await ground.signIn("nobody@example.org", "x"))
        let known = text(await ground.signIn("manager@example.org", "x"))
        #expect(
            unknown.replacing("nobody@example.org", with: "")
                == known.replacing("manager@example.org", with: "")
        )
    }

    @Test func `a form without the session's token changes nothing`() async throws {
        let ground = try await ConsoleGround(.file)
        let cookie = try await ground.cookie(.administrator)
        let refused = await ground.ask(
            "/console/lists",
            method: "POST",
            cookie: cookie,
            form: "name=news&table=1"
        )
        #expect(refused.status == 403)
        let token = try await ground.token(cookie)
        let taken = await ground.ask(
            "/console/lists",
            method: "POST",
            cookie: cookie,
            form: "name=news&table=1&form=\(token)"
        )
        #expect(taken.status == 303)
    }

    @Test(arguments: ["/console/", "/console/sign-in", "/console/nothing", "/console/tasks/7"])
    func `every answer carries the policy and the other headers`(path: String) async throws {
        let ground = try await ConsoleGround(.file)
        let cookie = try await ground.cookie(.viewer)
        let answer = await ground.ask(path, cookie: cookie)
        let names = Set(answer.headers.map(\.name))
        #expect(
            names.isSuperset(of: ["Content-Security-Policy", "Referrer-Policy", "X-Frame-Options"])
        )
        #expect(!SecurityHeaders.policy.contains("unsafe"))
    }

    @Test(arguments: ["DELETE", "PUT", "PATCH"])
    func `other methods are refused`(method: String) async throws {
        let ground = try await ConsoleGround(.file)
        #expect(await ground.ask("/console/tasks", method: method).status == 400)
    }
}
