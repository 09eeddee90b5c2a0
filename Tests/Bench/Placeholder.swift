enum BenchTestsPlaceholder {}
