// The yardstick: OpenVDB on the work of the bench `voxel_ops`, which compiles and runs this.
//
//   apt-get install libopenvdb-dev libtbb-dev libboost-iostreams-dev g++
//   g++ -O3 -march=native -std=c++17 voxel_ops.cc -lopenvdb -ltbb -lboost_iostreams
//
// Prints a line for each piece of work: its name, and nanoseconds an operation, or bytes.

#include <openvdb/openvdb.h>

#include <chrono>
#include <cstdio>
#include <random>
#include <vector>

using namespace openvdb;
using Clock = std::chrono::steady_clock;

static const int EDGE = 256;
static const double VOXELS = double(EDGE) * EDGE * EDGE;
static volatile long long sink;

template <class Work> static double nanoseconds(Work work) {
    auto start = Clock::now();
    work();
    return std::chrono::duration<double, std::nano>(Clock::now() - start).count();
}

template <class Visit> static void cells(Visit visit) {
    for (int z = 0; z < EDGE; z++)
        for (int y = 0; y < EDGE; y++)
            for (int x = 0; x < EDGE; x++) visit(Coord(x, y, z));
}

static int many(const Coord &at) { return (at.x() * at.y()) ^ at.z() | 1; }

static int noise(const Coord &at) {
    unsigned mixed = unsigned(at.x()) * 73856093u ^ unsigned(at.y()) * 19349663u ^ unsigned(at.z()) * 83492791u;
    mixed = (mixed ^ mixed >> 15) * 2246822519u;
    return int((mixed >> 8) % 200) + 1;
}

template <class Value> static void measure(const char *suffix, Value value) {
    auto grid = Int32Grid::create(0);
    auto accessor = grid->getAccessor();
    double set = nanoseconds([&] { cells([&](const Coord &at) { accessor.setValue(at, value(at)); }); });
    std::printf("set_sequential%s %f\n", suffix, set / VOXELS);
    std::printf("bytes%s %f\n", suffix, double(grid->memUsage()) / VOXELS);
    double get = nanoseconds([&] {
        long long sum = 0;
        cells([&](const Coord &at) { sum += accessor.getValue(at); });
        sink = sum;
    });
    std::printf("get_sequential%s %f\n", suffix, get / VOXELS);
    std::mt19937 random(1);
    std::vector<Coord> places(4000000);
    for (auto &place : places) place = Coord(random() % EDGE, random() % EDGE, random() % EDGE);
    double random_set = nanoseconds([&] { for (auto &place : places) accessor.setValue(place, 7); });
    std::printf("set_random%s %f\n", suffix, random_set / places.size());
    double random_get = nanoseconds([&] {
        long long sum = 0;
        for (auto &place : places) sum += accessor.getValue(place);
        sink = sum;
    });
    std::printf("get_random%s %f\n", suffix, random_get / places.size());
    double iterate = nanoseconds([&] {
        long long sum = 0;
        for (auto voxel = grid->cbeginValueOn(); voxel; ++voxel) sum += *voxel;
        sink = sum;
    });
    std::printf("iterate%s %f\n", suffix, iterate / VOXELS);
    double copy = nanoseconds([&] { sink = grid->deepCopy()->activeVoxelCount() != 0; });
    std::printf("copy%s %f\n", suffix, copy);
}

int main() {
    initialize();
    measure("_many", many);
    measure("_noise", noise);
    auto grid = Int32Grid::create(0);
    double fill = nanoseconds([&] { grid->fill(CoordBBox(Coord(0), Coord(511)), 5, true); });
    std::printf("fill_512 %f\n", fill);
    std::printf("bytes_fill_512 %f\n", double(grid->memUsage()));
    auto apart = Int32Grid::create(0);
    double unaligned = nanoseconds([&] { apart->fill(CoordBBox(Coord(1), Coord(512)), 5, true); });
    std::printf("fill_512_unaligned %f\n", unaligned);
}
