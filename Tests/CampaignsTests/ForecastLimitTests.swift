// SPDX-License-Identifier: Apache-2.0
import Common
import Database
import TestSupport
import Testing

@testable import Campaigns

@Suite struct ForecastLimitTests {
    @Test func `the lower of rate and cap counts, behind those who go first`() {
        let now = ManualTime.monday
        #expect(ForecastLimit(rate: 10, cap: nil, ahead: 99, at: now).rate == 10)
        #expect(ForecastLimit(rate: 10, cap: nil, ahead: 99, at: now).from == now)
        #expect(ForecastLimit(rate: nil, cap: 7_200, ahead: 0, at: now).rate == 7_200)
        let limit = ForecastLimit(rate: 10_000, cap: 3_600, ahead: 3_600, at: now)
        #expect(limit.rate == 3_600)
        #expect(limit.from >= now + .minutes(60) && limit.from < now + .minutes(61))
    }

    @Test(arguments: TestEngine.dialects)
    func `a forecast counts with the relay's cap`(_ engine: TestEngine) async throws {
        let world = try World(engine)
        let send = try world.schedule(to: world.list(of: world.people(30)))
        let fast = try await world.scheduled.forecast(of: send.id, on: world.database)
        #expect(fast.lastAt == world.now)
        try world.write { transaction in
            try ProviderGate(World.workspace, Provider(.relay, 0)).setCap(360, in: transaction)
        }
        let slow = try await world.scheduled.forecast(of: send.id, on: world.database)
        #expect(slow.lastAt == Pace(rate: 360).last(of: 30, from: world.now))
    }
}
