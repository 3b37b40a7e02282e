/**
 * What scripts of Goxel can call.
 *
 * A script edits a project: what it sets through `goxel.image` or the flat calls is in the project once the script
 * has ended, as one step that can be undone, or none of it where the script fails.
 *
 * Axes: x points east, y north, z up. A voxel is a cell of whole numbers; a position with fractions is the cell that
 * it lies in. Numbers of a colour are cut to whole ones from 0 to 255; a colour without alpha is opaque, and
 * alpha 0 is no voxel. Boxes hold their low corner and not their high one.
 *
 * Wrong arguments are exceptions: a `TypeError` for a wrong type, a `RangeError` for a number or a size out of range.
 */

/** A position: `[1, 2, 3]`, a `Vec`, or an object with `x`, `y` and `z`. */
type Position = [number, number, number] | Vec | { x: number; y: number; z: number };

/** A colour: `[255, 0, 0]`, `[255, 0, 0, 128]`, a `Vec`, an object, `"#ff0000"`, `"#ff000080"`, or a name of CSS. */
type Color = number[] | Vec | { r: number; g: number; b: number; a?: number } | string;

/** A box: a `Box`, `[min, max]`, or an object with `min` and `max`. */
type Bounds = Box | [Position, Position] | { min: Position; max: Position };

/** What a set of voxels does: sets its own, removes, colours what is there, or removes all that is outside of it. */
type Mode = "add" | "subtract" | "paint" | "intersect";

/** How a volume is laid over another, as layers are. */
type BlendMode =
  | "over" | "subtract" | "subtract_clamped" | "paint" | "max"
  | "intersect" | "intersect_fill" | "multiply_alpha" | "replace";

/** One of the axes. */
type Axis = "x" | "y" | "z";

/** Options of a call that makes a set of voxels. */
interface SetOptions {
  /** The painter's colour where it is left out. With alpha 0 the voxels are removed. */
  color?: Color;
  /** `"add"` where it is left out. */
  mode?: Mode;
}

/** A position or a colour: one to four numbers, of which `x` and `r`, `y` and `g`, `z` and `b`, `w` and `a` are the same. */
declare class Vec {
  constructor(x: number, y?: number, z?: number, w?: number);
  x: number;
  y: number;
  z: number;
  w: number;
  r: number;
  g: number;
  b: number;
  a: number;
  /** How many numbers it has. Those that it has not are `undefined`. */
  readonly length: number;
  /** Its numbers. */
  toArray(): number[];
  /** As `toArray`. */
  toJSON(): number[];
  toString(): string;
}

/** A box of voxels. */
declare class Box {
  constructor(min: Position, max: Position);
  constructor(box: Bounds);
  /** The lowest position, which is inside. */
  readonly min: Vec;
  /** One past the highest position. */
  readonly max: Vec;
  /** Its edges, in voxels. */
  readonly size: Vec;
  /** Whether a position is inside. */
  contains(position: Position): boolean;
  /** Calls a function for each position inside: x runs fastest, then y, then z. */
  iterVoxels(visit: (position: Vec) => void): void;
  /** Where a place is if the middle of the box is the origin and its sides are at -1 and 1. */
  worldToLocal(place: Position): Vec;
  toJSON(): { min: number[]; max: number[] };
}

/** Options of `Volume.shape`. */
interface ShapeOptions extends SetOptions {
  /** Its middle; of an even size, the voxel above it. All shapes but a line have one. */
  center?: Position;
  /** Its size in voxels: one number for all edges, or three. */
  size?: number | Position;
  /** The axis that it stands along: `"z"` where it is left out. */
  axis?: Axis;
  /** Of a torus: how thick the tube is, in voxels. */
  tube?: number;
  /** Of a plane: whole numbers that say which way it faces. */
  normal?: Position;
  /** Of a line: both ends, which belong to it. */
  from?: Position;
  to?: Position;
}

/** Voxels: those of a layer, where changes are changes of the layer, or some that belong to the script. */
declare class Volume {
  /** A volume without voxels, that belongs to no layer. */
  constructor();
  /** How many voxels are there. */
  readonly count: number;
  /** The smallest box that holds all of them; `null` where there is none. */
  readonly bounds: Box | null;
  /** A copy that belongs to no layer. It costs next to nothing, however large the volume is. */
  copy(): Volume;
  /** Calls a function for each voxel that is there, as they were when it began. */
  iter(visit: (position: Vec, color: Vec) => void): void;
  /** Sets a voxel, or removes it with a colour of alpha 0. */
  setAt(position: Position, color: Color): void;
  /** The colour of a voxel: alpha is 0 where there is none. */
  getAt(position: Position): Vec;
  /** Has the daemon write the volume into a file, in the format of its ending or the one that is named. */
  save(path: string, format?: string): void;
  /**
   * Puts voxels into a box, whole: x runs fastest, then y, then z. An element of 32 bits has r in its lowest byte, then
   * g, b and a; an array of bytes has these four for each voxel.
   */
  setBox(box: Bounds, voxels: Uint32Array | Int32Array | Uint8Array | Uint8ClampedArray): void;
  /** The voxels of a box, as `setBox` takes them. */
  getBox(box: Bounds): Uint32Array;
  /** Fills a box with a colour, or with what a function gives for each position: `null` leaves it. Gives how many. */
  fill(box: Bounds, color: Color | ((position: Vec) => Color | null | undefined)): number;
  /** Fills the image's box. */
  fill(color: Color | ((position: Vec) => Color | null | undefined)): number;
  /** Gives the voxels that are there in a box another colour. Gives how many. */
  paint(box: Bounds, color: Color): number;
  /** Gives all voxels that are there another colour. */
  paint(color: Color): number;
  /** Removes the voxels of a box, or all. */
  clear(box?: Bounds): void;
  /** Colours what is connected with a voxel and as coloured, within a tolerance for each channel. Gives how many. */
  floodFill(
    position: Position,
    color: Color,
    options?: { tolerance?: number; connectivity?: 6 | 18 | 26; bounds?: Bounds },
  ): number;
  /** Sets, removes or paints the voxels of a shape, of exact size. Gives how many. */
  shape(
    kind: "cube" | "box" | "sphere" | "ellipsoid" | "cylinder" | "cone" | "pyramid" | "torus" | "plane" | "line",
    options: ShapeOptions,
  ): number;
  /** Sets, removes, paints or keeps what another volume has voxels of. Gives how many. */
  combine(other: Volume, mode?: Mode): number;
  /** Lays another volume over this one, as layers are: `"over"` where no mode is named. */
  merge(other: Volume, mode?: BlendMode): void;
  /** Moves all voxels. */
  translate(by: Position): void;
  /** Turns all voxels by quarters about an axis through a voxel: about z from x to y. */
  rotate(axis: Axis, quarters: number, pivot?: Position): void;
  /** Mirrors all voxels along an axis, about the middle of the voxels at a coordinate: 0 where it is left out. */
  flip(axis: Axis, about?: number): void;
  /**
   * Sets the voxels where a signed-distance function is below 0. The colour may be a function of x, y and z too. With
   * `lipschitz` the script vouches that between two points the function differs by no more than so many times
   * their distance - 1 for true distances -, and what is far from the surface is passed over. Gives how many.
   */
  fromSdf(
    box: Bounds,
    distance: (x: number, y: number, z: number) => number,
    color?: Color | ((x: number, y: number, z: number) => Color | null | undefined),
    options?: SetOptions & { lipschitz?: number },
  ): number;
  /**
   * Writes a text in letters of 5 by 7 cells: `scale` voxels a cell, `depth` voxels deep, the low corner of all at `at`. It
   * is read from the low side of the axis `facing`: `"y"`, the front, where it is left out; with `"z"` it lies flat, to be
   * read from above. Gives how many voxels it has.
   */
  text(
    text: string,
    options?: SetOptions & { at?: Position; scale?: number; depth?: number; facing?: Axis },
  ): number;
}

/** A layer of the image. */
interface Layer {
  readonly id: number;
  name: string;
  visible: boolean;
  /** How it is laid over those below. */
  mode: BlendMode;
  /** The id of its material, or `null`; set it to an id, a name or `null`. */
  material: number | string | null;
  /** Its place in the order, 0 at the bottom; set it to move the layer. */
  index: number;
  /** Its voxels, to be changed in place; set it to give it those that another volume has now. */
  volume: Volume;
  /** Puts a copy above it and makes that the active layer. */
  duplicate(name?: string): Layer;
  /** Lays it over another layer by its mode, and removes it. */
  mergeInto(other: Layer | number | string): void;
  /** Removes it. Where it is the only one, an empty one stands in its place. */
  remove(): void;
  /** Makes it the active layer. */
  activate(): void;
}

/** The project's layers and materials. */
interface Image {
  /** The layer that calls work on that name none; set it to a layer, an id or a name. */
  activeLayer: Layer;
  /** The layers, bottom first. */
  readonly layers: Layer[];
  /** The box of the image. There is no selection beside it. */
  readonly selectionBox: Box;
  /** Adds an empty layer on top and makes it active. */
  addLayer(name?: string): Layer;
  /** The layer of an id, or the first of a name. */
  layer(which: number | string): Layer;
  /** A copy of all visible layers laid over each other. */
  getLayersVolume(): Volume;
  /** Adds a material, or changes the one whose id is named. Gives its id. */
  setMaterial(material: Partial<Material>): number;
  /** Removes a material, by its id or its name. */
  removeMaterial(which: number | string): void;
}

/** What a surface is like. All numbers are from 0 to 1, but for `emission` and `density`, which have no end, and `ior`, which is 1 or more. */
interface Material {
  id: number;
  name: string;
  color: number[];
  metallic: number;
  roughness: number;
  emission: number[];
  transmission: number;
  ior: number;
  medium: "clear" | "absorb" | "scatter" | "emit" | "subsurface";
  density: number;
}

/** Colours to paint with. */
interface Palette {
  /** The painter's colour, of this script alone: white at first. */
  color: Vec;
  /** The project's colours; set it to an array of colours. */
  colors: Vec[];
}

/** Random numbers that are the same for the same seed everywhere. */
interface Random {
  /** From 0 to below 1. */
  next(): number;
  /** From `low` to below `high`. */
  between(low: number, high: number): number;
  /** A whole number from `low` to `high`, both of them possible. */
  int(low: number, high: number): number;
  /** One of an array. */
  pick<T>(array: T[]): T;
}

/** Noise in three dimensions; coordinates that are left out are 0. */
interface Noise {
  /** Smooth, from -1 to 1. */
  simplex(x: number, y?: number, z?: number): number;
  /** How far the nearest of scattered points is, of which each unit cube has one: from 0, seldom above 1. */
  worley(x: number, y?: number, z?: number): number;
  /** The weighted mean of octaves, each `lacunarity` (2) times finer and `gain` (0.5) times as strong as the one before. */
  fractal(
    x: number,
    y: number,
    z: number,
    options?: { octaves?: number; lacunarity?: number; gain?: number; of?: "simplex" | "worley" },
  ): number;
}

/** What the project is beside its voxels, to read. */
interface Project {
  name: string;
  /** The box of the image. */
  box: Box;
  /** The id of the active layer. */
  activeLayer: number;
  layers: { id: number; name: string; visible: boolean; mode: BlendMode; material: number | null }[];
  materials: Material[];
  /** Cameras: `transform` has 16 numbers by column, from the camera's space to that of the voxels. */
  cameras: { id: number; name: string; distance: number; orthographic: boolean; transform: number[] }[];
  activeCamera: number | null;
  light: {
    pitch: number; yaw: number; intensity: number; fixed: boolean; ambient: number; shadow: number;
  } | null;
  palette: { color: number[]; name: string }[];
}

/** Everything that a script begins with. */
interface Goxel {
  /** The project's layers. */
  image: Image;
  readonly palette: Palette;
  /** The project as it is now, as plain objects: changing them changes nothing. */
  readonly project: Project;
  /** What `Math.random`, `random()` and `noise()` start from. */
  readonly seed: number;
  /** Registers a script, to be run by its name. */
  registerScript(script: { name: string; description?: string; onExecute(): void }): void;
  /** Registers a format for the session, by its endings: `["*.test"]`. */
  registerFormat(format: {
    name: string;
    exts: string[];
    import?(image: Image, path: string): void;
    export?(image: Image, path: string): void;
  }): void;
  /** Sets a voxel; the colour may be three or four numbers instead. Gives 0. */
  addVoxel(x: number, y: number, z: number, color: Color, layer?: Layer | number | string): number;
  addVoxel(
    x: number, y: number, z: number, r: number, g: number, b: number, a?: number, layer?: Layer | number | string,
  ): number;
  /** Removes a voxel. Gives 0. */
  removeVoxel(x: number, y: number, z: number, layer?: Layer | number | string): number;
  /** The colour of a voxel, all 0 where there is none. */
  getVoxel(x: number, y: number, z: number, layer?: Layer | number | string): { r: number; g: number; b: number; a: number };
  /** Gives a voxel another colour. Gives 0, or -1 where there is none. */
  paintVoxels(x: number, y: number, z: number, color: Color, layer?: Layer | number | string): number;
  /** Colours what is connected with a voxel and as coloured. Gives 0, or -1 where nothing is. */
  floodFill(x: number, y: number, z: number, color: Color, layer?: Layer | number | string): number;
  /** Random numbers of a seed; without one, of one that the script's own gives. */
  random(seed?: number): Random;
  /** Noise of a seed; without one, of the script's own. */
  noise(seed?: number): Noise;
  /** Calls a method of the daemon that changes nothing, such as `"goxel.get_bounding_box"`, of the project as the script has made it. */
  call(method: string, params?: object): any;
  /** Has a picture made of the project as the script has made it: the parameters and the result of `goxel.render_scene`. */
  render(options?: object): any;
  /** Says how far the script is. */
  progress(done: number, total: number): void;
}

/** What all else is reached by. */
declare const goxel: Goxel;

/** What the script was called with: a list, or whatever else was given; an empty list where nothing was. */
declare const args: any;

/** The name of the script, then each of `args` as text where that is a list. */
declare const scriptArgs: string[];

/** Prints values and the end of a line. Objects are shown like JSON, cut where they are deep or long. */
declare function print(...values: unknown[]): void;

/** All of these print as `print` does. */
declare const console: {
  log(...values: unknown[]): void;
  info(...values: unknown[]): void;
  warn(...values: unknown[]): void;
  error(...values: unknown[]): void;
  debug(...values: unknown[]): void;
};

/** Where text is written to. */
interface Output {
  /** Writes values as they are, without the end of a line. */
  puts(...values: unknown[]): void;
  /** Writes text with values in it, as C does it, and gives its length in bytes. */
  printf(format: string, ...values: unknown[]): number;
  /** Does nothing: what is written goes on by itself. */
  flush(): void;
}

/** A file that a format reads or writes. */
interface OpenFile extends Output {
  /** Closes it. */
  close(): void;
  /** Writes one byte. */
  putByte(byte: number): void;
  /** Writes bytes or text, from a place on and as many as are named, and gives how many. */
  write(bytes: ArrayBuffer | Uint8Array | string, position?: number, length?: number): number;
  /** Goes to a place, from `std.SEEK_SET`, `std.SEEK_CUR` or `std.SEEK_END`. */
  seek(offset: number, from?: number): void;
  /** The place. */
  tell(): number;
  /** Whether the end was met. */
  eof(): boolean;
  /** The next line without its end; null behind the last. */
  getline(): string | null;
  /** The next byte; -1 at the end. */
  getByte(): number;
  /** The rest as text, or so many bytes of it. */
  readAsString(length?: number): string;
  /** The rest, or so many bytes of it. */
  readAsArrayBuffer(length?: number): ArrayBuffer;
}

/** What QuickJS's own programs have as `std`, as far as it needs no system. `import * as std from 'std'` gives it, too. */
interface Std {
  /** Opens the file that a format is to write ("w") or read ("r"). There are no others. */
  open(path: string, mode?: string): OpenFile;
  /** The text of the file that a format is to read. */
  loadFile(path: string): string;
  /** Prints values as they are. */
  puts(...values: unknown[]): void;
  /** Prints text with values in it: %d %i %u %x %X %o %c %s %e %f %g %%, with flags, width and precision. */
  printf(format: string, ...values: unknown[]): number;
  /** Text with values in it. */
  sprintf(format: string, ...values: unknown[]): string;
  /** There is no environment. */
  getenv(name: string): undefined;
  /** Frees what only cycles hold. */
  gc(): void;
  /** What is printed. */
  out: Output;
  /** The same. */
  err: Output;
  SEEK_SET: number;
  SEEK_CUR: number;
  SEEK_END: number;
}

/** There without an import, too. */
declare const std: Std;
