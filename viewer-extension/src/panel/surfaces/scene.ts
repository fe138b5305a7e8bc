import '@kitware/vtk.js/Rendering/Profiles/Geometry.js';
import vtkCellArray from '@kitware/vtk.js/Common/Core/CellArray.js';
import vtkDataArray from '@kitware/vtk.js/Common/Core/DataArray.js';
import vtkPolyData from '@kitware/vtk.js/Common/DataModel/PolyData.js';
import vtkOrientationMarkerWidget from '@kitware/vtk.js/Interaction/Widgets/OrientationMarkerWidget.js';
import vtkActor from '@kitware/vtk.js/Rendering/Core/Actor.js';
import vtkAnnotatedCubeActor from '@kitware/vtk.js/Rendering/Core/AnnotatedCubeActor.js';
import vtkMapper from '@kitware/vtk.js/Rendering/Core/Mapper.js';
import vtkGenericRenderWindow from '@kitware/vtk.js/Rendering/Misc/GenericRenderWindow.js';
import type { Mesh } from './surfaceNets.js';

/** From where the scene is looked at. */
export type Side = 'front' | 'left' | 'top';

/** Surfaces in the patient (LPS, mm), to be turned by mouse and by {@link Scene.turn}. */
export interface Scene {
  /** Draws a surface under a name, in place of the one before. */
  put(name: string, surface: Mesh & { readonly colour: readonly [number, number, number] }): void;
  /** Takes away what is none of these. */
  keepOnly(names: ReadonlySet<string>): void;
  lookFrom(side: Side): void;
  /** In degrees, to the right and upwards. */
  turn(right: number, up: number): void;
  zoom(factor: number): void;
  resize(): void;
  /** Frees the graphics card. */
  close(): void;
}

/** Direction of view and what is up, in LPS: from the front the patient's left is on the right. */
const views: Readonly<Record<Side, { readonly from: Triple; readonly up: Triple }>> = {
  front: { from: [0, -1, 0], up: [0, 0, 1] },
  left: { from: [1, 0, 0], up: [0, 0, 1] },
  top: { from: [0, 0, 1], up: [0, -1, 0] },
};

type Triple = [number, number, number];

/** @param container is filled; @param letters for the sides of the patient, as on the images */
export function createScene(container: HTMLElement): Scene {
  const window = vtkGenericRenderWindow.newInstance({ background: [0, 0, 0], listenWindowResize: false });
  window.setContainer(container);
  const renderer = window.getRenderer();
  const camera = renderer.getActiveCamera();
  const actors = new Map<string, vtkActor>();
  const marker = orientationCube(window);
  const render = () => {
    renderer.resetCameraClippingRange();
    window.getRenderWindow().render();
  };
  const scene: Scene = {
    put(name, { points, triangles, colour }) {
      const known = actors.get(name);
      if (known) renderer.removeActor(known);
      const actor = vtkActor.newInstance();
      const mapper = vtkMapper.newInstance({ scalarVisibility: false });
      mapper.setInputData(polyDataOf(points, triangles));
      actor.setMapper(mapper);
      const [red, green, blue] = colour.map((channel) => channel / 255) as Triple;
      actor.getProperty().setColor(red, green, blue);
      actor.getProperty().set({ ambient: 0.12, diffuse: 0.85, specular: 0.18, specularPower: 18 });
      renderer.addActor(actor);
      actors.set(name, actor);
      render();
    },
    keepOnly(names) {
      for (const [name, actor] of actors) {
        if (names.has(name)) continue;
        renderer.removeActor(actor);
        actors.delete(name);
      }
      render();
    },
    lookFrom(side) {
      const { from, up } = views[side];
      camera.setFocalPoint(0, 0, 0);
      camera.setPosition(...from);
      camera.setViewUp(...up);
      renderer.resetCamera();
      marker.updateMarkerOrientation();
      render();
    },
    turn(right, up) {
      camera.azimuth(-right);
      camera.elevation(up);
      camera.orthogonalizeViewUp();
      marker.updateMarkerOrientation();
      render();
    },
    zoom(factor) {
      camera.dolly(factor);
      render();
    },
    resize() {
      window.resize();
      marker.updateViewport();
    },
    close() {
      marker.setEnabled(false);
      window.delete();
    },
  };
  scene.resize();
  return scene;
}

function polyDataOf(points: Float32Array, triangles: Uint32Array): vtkPolyData {
  const polyData = vtkPolyData.newInstance();
  polyData.getPoints().setData(points, 3);
  const cells = new Uint32Array((triangles.length / 3) * 4);
  for (let triangle = 0; triangle < triangles.length / 3; triangle += 1) {
    cells[triangle * 4] = 3;
    cells.set(triangles.subarray(triangle * 3, triangle * 3 + 3), triangle * 4 + 1);
  }
  polyData.setPolys(vtkCellArray.newInstance({ values: cells }));
  polyData
    .getPointData()
    .setNormals(
      vtkDataArray.newInstance({ name: 'Normals', numberOfComponents: 3, values: normalsOf(points, triangles) }),
    );
  return polyData;
}

/** Of each point, the mean of its triangles' normals, the larger ones counting more. */
function normalsOf(points: Float32Array, triangles: Uint32Array): Float32Array {
  const normals = new Float32Array(points.length);
  const at = (index: number, axis: number) => points[triangles[index]! * 3 + axis]!;
  for (let first = 0; first < triangles.length; first += 3) {
    const a = [0, 1, 2].map((axis) => at(first + 1, axis) - at(first, axis)) as Triple;
    const b = [0, 1, 2].map((axis) => at(first + 2, axis) - at(first, axis)) as Triple;
    const normal = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    for (let corner = first; corner < first + 3; corner += 1)
      for (let axis = 0; axis < 3; axis += 1) normals[triangles[corner]! * 3 + axis]! += normal[axis]!;
  }
  for (let point = 0; point < normals.length; point += 3) {
    const length = Math.hypot(normals[point]!, normals[point + 1]!, normals[point + 2]!) || 1;
    for (let axis = 0; axis < 3; axis += 1) normals[point + axis]! /= length;
  }
  return normals;
}

/** A cube in the corner with the letters of the patient's sides. */
function orientationCube(window: vtkGenericRenderWindow): vtkOrientationMarkerWidget {
  const cube = vtkAnnotatedCubeActor.newInstance();
  cube.setDefaultStyle({
    fontFamily: 'sans-serif',
    fontColor: '#fff',
    faceColor: '#3a3f58',
    edgeColor: '#8890b5',
    edgeThickness: 0.08,
    resolution: 200,
  });
  cube.setXPlusFaceProperty({ text: 'L' });
  cube.setXMinusFaceProperty({ text: 'R' });
  cube.setYPlusFaceProperty({ text: 'P' });
  cube.setYMinusFaceProperty({ text: 'A' });
  cube.setZPlusFaceProperty({ text: 'S' });
  cube.setZMinusFaceProperty({ text: 'I' });
  const widget = vtkOrientationMarkerWidget.newInstance({ actor: cube, interactor: window.getInteractor() });
  widget.setEnabled(true);
  widget.setViewportCorner(vtkOrientationMarkerWidget.Corners.BOTTOM_LEFT);
  widget.setViewportSize(0.12);
  widget.setMinPixelSize(64);
  widget.setMaxPixelSize(110);
  return widget;
}
